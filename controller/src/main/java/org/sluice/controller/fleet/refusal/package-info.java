/** {@code /hosts/NAME/refusals}: what the drivers of a host's cards refused, as its agent remembers it. */
@NullMarked
package org.sluice.controller.fleet.refusal;

import org.jspecify.annotations.NullMarked;
