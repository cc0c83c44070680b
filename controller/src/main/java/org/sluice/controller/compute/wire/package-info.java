/** What all rooms of the Compute API share on the wire: microversions, faults, refusals, pages, links, names and times. */
@NullMarked
package org.sluice.controller.compute.wire;

import org.jspecify.annotations.NullMarked;
