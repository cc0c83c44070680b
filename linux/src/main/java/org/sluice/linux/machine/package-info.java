/** The machine itself: CPUs and their governors, the kernel, memory, the firmware's own words. */
@NullMarked
package org.sluice.linux.machine;

import org.jspecify.annotations.NullMarked;
