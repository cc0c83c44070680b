package org.sluice.controller.network.network;

import java.util.Optional;

/**
 * Where a network is on the wire.
 *
 * @param networkType {@code vlan} or {@code flat}
 * @param physicalNetwork the physical network
 * @param vlan VLAN id, empty for flat
 */
record Segment(String networkType, String physicalNetwork, Optional<Integer> vlan) {}
