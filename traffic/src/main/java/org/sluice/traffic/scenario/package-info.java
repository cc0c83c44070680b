/** Paths that the tester builds itself, measures and takes away again: what the talk compared, as far as this machine can. */
@NullMarked
package org.sluice.traffic.scenario;

import org.jspecify.annotations.NullMarked;
