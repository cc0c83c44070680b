/** Virtual machines that do nothing but route, as the device under test: started with QEMU itself, told by a config drive what to do. */
@NullMarked
package org.sluice.traffic.guest;

import org.jspecify.annotations.NullMarked;
