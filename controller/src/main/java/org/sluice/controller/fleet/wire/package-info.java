/** What all rooms of {@code /sluice/v1} share on the wire. */
@NullMarked
package org.sluice.controller.fleet.wire;

import org.jspecify.annotations.NullMarked;
