package org.sluice.linux.ethtool;

/**
 * How many descriptors the receive and transmit rings of each queue have (struct ethtool_ringparam).
 *
 * @param receive now
 * @param transmit now
 * @param receiveMaximum the most it can have
 * @param transmitMaximum the most it can have
 */
public record Rings(int receive, int transmit, int receiveMaximum, int transmitMaximum) {}
