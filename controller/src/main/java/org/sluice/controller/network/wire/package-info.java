/** What all rooms of the Network API share on the wire: faults, refusals, pages, and what every resource begins and ends with. */
@NullMarked
package org.sluice.controller.network.wire;

import org.jspecify.annotations.NullMarked;
