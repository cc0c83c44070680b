/** {@code /os-availability-zone} and {@code /os-hosts}: which host is in which zone. */
@NullMarked
package org.sluice.controller.compute.zone;

import org.jspecify.annotations.NullMarked;
