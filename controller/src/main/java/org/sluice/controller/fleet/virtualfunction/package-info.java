/** {@code /virtual-functions}: the lease books. */
@NullMarked
package org.sluice.controller.fleet.virtualfunction;

import org.jspecify.annotations.NullMarked;
