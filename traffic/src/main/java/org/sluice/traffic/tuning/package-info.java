/**
 * Settings of the host that a measurement changes: each is remembered before, journaled, read back, and put back afterwards, also after a
 * crash. {@link org.sluice.traffic.tuning.Tuning} is the door.
 */
@NullMarked
package org.sluice.traffic.tuning;

import org.jspecify.annotations.NullMarked;
