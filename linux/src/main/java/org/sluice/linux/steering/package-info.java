/** Which CPU works for which queue: affinity of interrupts, and receive and transmit packet steering. */
@NullMarked
package org.sluice.linux.steering;

import org.jspecify.annotations.NullMarked;
