/** Virtual functions of this machine's cards as the ends of a path: taken, used like any interface, and given back as they were. */
@NullMarked
package org.sluice.traffic.function;

import org.jspecify.annotations.NullMarked;
