@NullMarked
package org.sluice.traffic.procedure;

import org.jspecify.annotations.NullMarked;
