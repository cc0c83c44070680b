/** {@code /hosts/NAME/servers}: what stands on a host, and what fits elsewhere. */
@NullMarked
package org.sluice.controller.fleet.standing;

import org.jspecify.annotations.NullMarked;
