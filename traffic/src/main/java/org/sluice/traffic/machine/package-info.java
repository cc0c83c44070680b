/** Virtual machines that route between their network cards, as child processes: QEMU, a disk image, and a config drive that says what to do. */
@NullMarked
package org.sluice.traffic.machine;

import org.jspecify.annotations.NullMarked;
