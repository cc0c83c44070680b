package org.sluice.controller.fleet.physicalnetwork;

import java.util.List;

/**
 * A physical network.
 *
 * @param name unique
 * @param mtu bytes of the largest IP packet that its switches carry
 * @param ranges VLAN ids to allocate from, in order
 * @param networks how many networks are on it
 */
record PhysicalNetwork(String name, int mtu, List<VlanRange> ranges, long networks) {
    PhysicalNetwork {
        ranges = List.copyOf(ranges);
    }
}
