/** {@code /availability_zones}: networks have none. */
@NullMarked
package org.sluice.controller.network.zone;

import org.jspecify.annotations.NullMarked;
