package org.sluice.controller.network.address;

import java.util.List;
import java.util.Optional;
import org.sluice.model.SubnetId;

/**
 * One address that a port is to get.
 *
 * @param subnets where from: the first of them that has one left
 * @param address the very address, in canonical text, in the one subnet; empty for any
 */
public record WantedAddress(List<SubnetId> subnets, Optional<String> address) {
    public WantedAddress {
        subnets = List.copyOf(subnets);
        if (subnets.isEmpty() || (address.isPresent() && subnets.size() > 1)) {
            throw new IllegalArgumentException(
                    "an address comes from some subnet, a certain one from a certain subnet");
        }
    }
}
