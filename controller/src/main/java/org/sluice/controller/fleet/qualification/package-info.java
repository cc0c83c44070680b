/** {@code /qualification} and {@code /hosts/NAME/qualifications}: whether hosts reach what their class reaches. */
@NullMarked
package org.sluice.controller.fleet.qualification;

import org.jspecify.annotations.NullMarked;
