@NullMarked
package org.sluice.traffic.scenario;

import org.jspecify.annotations.NullMarked;
