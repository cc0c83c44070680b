package org.sluice.controller.fleet.host;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A physical function as the operator's rules see it.
 *
 * @param id its row
 * @param host name of its host
 * @param name netdev
 * @param address PCI address
 * @param vendorId PCI vendor
 * @param deviceId PCI device of the PF
 * @param functionDeviceId PCI device of its VFs, empty when it has none
 * @param physicalNetwork what it is mapped to
 * @param leased how many of its VFs have a port
 * @param functions addresses of its present VFs
 */
public record Card(
        UUID id,
        String host,
        String name,
        String address,
        String vendorId,
        String deviceId,
        String functionDeviceId,
        Optional<String> physicalNetwork,
        int leased,
        List<String> functions) {
    /** How sentences call it. */
    public String text() {
        return name + " of " + host;
    }
}
