package org.sluice.controller.fleet.virtualfunction;

import java.util.Optional;
import java.util.UUID;

/**
 * A virtual function, and who has it.
 *
 * @param host name of its host
 * @param physicalFunction netdev of its card
 * @param physicalNetwork what the card is on
 * @param index its number on the card
 * @param address PCI address
 * @param iommuGroup its IOMMU group
 * @param isPresent whether the agent reported it last time
 * @param generation grows with each lease
 * @param port whose it is
 * @param server whose it is
 * @param serverName its name
 * @param serverStatus its status
 * @param macAddress of the port
 */
record VirtualFunction(
        String host,
        String physicalFunction,
        Optional<String> physicalNetwork,
        int index,
        String address,
        int iommuGroup,
        boolean isPresent,
        long generation,
        Optional<UUID> port,
        Optional<UUID> server,
        Optional<String> serverName,
        Optional<String> serverStatus,
        Optional<String> macAddress) {
    /** The key that lists are in the order of, and the marker that names it. */
    String marker() {
        return host + "/" + physicalFunction + "/" + "%09d".formatted(index);
    }
}
