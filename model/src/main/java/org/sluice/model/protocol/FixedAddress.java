package org.sluice.model.protocol;

import java.util.List;
import java.util.Optional;

/**
 * One address of a port, with what DHCP and network_data.json need of its subnet.
 *
 * @param address the address, without a prefix length
 * @param cidr the subnet, {@code 10.0.0.0/24}
 * @param gateway the subnet's router, if it has one
 * @param nameServers DNS servers in order
 * @param hostRoutes further routes
 * @param dhcp whether DHCP serves this subnet
 */
public record FixedAddress(
        String address,
        String cidr,
        Optional<String> gateway,
        List<String> nameServers,
        List<HostRoute> hostRoutes,
        boolean dhcp) {
    /** A route a subnet gives to its hosts: destination in CIDR form by way of next hop. */
    public record HostRoute(String destination, String nextHop) {}

    public FixedAddress {
        nameServers = List.copyOf(nameServers);
        hostRoutes = List.copyOf(hostRoutes);
    }

    /** Length of the subnet's prefix in bits. */
    public int prefixLength() {
        return Integer.parseInt(cidr.substring(cidr.indexOf('/') + 1));
    }
}
