/** What all rooms of the Image API share on the wire: faults, refusals and pages. */
@NullMarked
package org.sluice.controller.image.wire;

import org.jspecify.annotations.NullMarked;
