/** Virtual functions of this machine's cards as parts of a path: taken, used by the tester or a virtual machine, and given back as they were. */
@NullMarked
package org.sluice.traffic.function;

import org.jspecify.annotations.NullMarked;
