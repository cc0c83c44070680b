package org.sluice.controller.network.binding;

import java.util.List;
import org.sluice.model.MacAddress;
import org.sluice.model.ServerId;

/**
 * What the Compute API shows of a NIC among its server's other facts. {@link AttachedPort} has all that a host needs, and costs
 * three times as much to read.
 *
 * @param server the server whose NIC it is
 * @param networkName the network's name, the key of {@code addresses} in the Compute API
 * @param mac its address
 * @param addresses its addresses as text, IPv4 first
 * @param securityGroups the names of its security groups, sorted
 */
public record ShownNic(
        ServerId server, String networkName, MacAddress mac, List<String> addresses, List<String> securityGroups) {
    public ShownNic {
        addresses = List.copyOf(addresses);
        securityGroups = List.copyOf(securityGroups);
    }
}
