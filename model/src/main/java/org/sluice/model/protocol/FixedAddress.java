package org.sluice.model.protocol;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** The same address, of which its segment tells the rest. */
    public FixedAddress apart() {
        return new FixedAddress(address, cidr, Optional.empty(), List.of(), List.of(), false);
    }

    /** Where the default route leads: to the gateway or else, as in Neutron, where a host route to everywhere leads. */
    public Optional<String> defaultNextHop() {
        return gateway.or(() -> hostRoutes.stream()
                .filter(route -> isDefault(route.destination()))
                .map(HostRoute::nextHop)
                .findFirst());
    }

    /** The host routes but the default one, the first of each destination. */
    public List<HostRoute> furtherRoutes() {
        Map<String, HostRoute> byDestination = new LinkedHashMap<>();
        for (HostRoute route : hostRoutes) {
            if (!isDefault(route.destination())) {
                byDestination.putIfAbsent(route.destination(), route);
            }
        }
        return List.copyOf(byDestination.values());
    }

    /** Whether an address of the same IP version is in the subnet, so that hosts look for it on their link. */
    public boolean isOnLink(String other) {
        byte[] network =
                InetAddress.ofLiteral(cidr.substring(0, cidr.indexOf('/'))).getAddress();
        byte[] bytes = InetAddress.ofLiteral(other).getAddress();
        for (int bit = 0; bit < prefixLength(); bit++) {
            int mask = 0x80 >> bit % 8;
            if ((network[bit / 8] & mask) != (bytes[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDefault(String destination) {
        return destination.endsWith("/0");
    }

    /** Length of the subnet's prefix in bits. */
    public int prefixLength() {
        return Integer.parseInt(cidr.substring(cidr.indexOf('/') + 1));
    }

    /** Whether DHCP (RFC 2131, which is IPv4's) tells a guest on a bridge this address, and the route to metadata with it. */
    public boolean servedByDhcp() {
        return dhcp && !address.contains(":");
    }
}
