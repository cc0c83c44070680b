package org.sluice.linux.ethtool;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a link runs at (struct ethtool_link_settings).
 *
 * @param megabits speed in Mbit/s, empty while the driver does not know it, usually because there is no carrier
 * @param duplex empty while the driver does not know it
 */
public record LinkSpeed(OptionalInt megabits, Optional<Duplex> duplex) {}
