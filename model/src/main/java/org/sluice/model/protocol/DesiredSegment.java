package org.sluice.model.protocol;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.sluice.model.NetworkId;

/**
 * A network as one host has it: what all NICs on it have in common. It is told once for all of them and changes once, however many
 * there are; a NIC that comes with its segment is told {@linkplain DesiredInterface#apart without} what that says.
 *
 * @param network the network
 * @param physicalNetwork the physical network of the segment
 * @param uplink netdev of the host that reaches the physical network; {@link DesiredInterface.Bridge#NO_UPLINK} when there is none
 * @param vlan VLAN id on the wire, 1 to 4094; 0 for untagged (flat)
 * @param mtu largest IP packet, bytes
 * @param subnets its subnets
 * @param services from where its DHCP and metadata are served, its addresses told without what the subnets say; empty when no subnet wants DHCP, or no NIC was ever on a bridge of it
 * @param requestId the request that changed it last, for logs; empty where none did
 * @param globalRequestId what that request's client calls all that it does for one purpose; empty where it named nothing
 */
public record DesiredSegment(
        NetworkId network,
        String physicalNetwork,
        String uplink,
        int vlan,
        int mtu,
        List<Subnet> subnets,
        Optional<DesiredInterface.ServicePort> services,
        Optional<String> requestId,
        Optional<String> globalRequestId) {
    /**
     * A subnet, with what DHCP and network_data.json tell guests of it.
     *
     * @param cidr which one, {@code 10.0.0.0/24}: those of a network do not overlap
     * @param gateway its router, if it has one
     * @param nameServers DNS servers in order
     * @param hostRoutes further routes
     * @param dhcp whether DHCP serves it
     */
    public record Subnet(
            String cidr,
            Optional<String> gateway,
            List<String> nameServers,
            List<FixedAddress.HostRoute> hostRoutes,
            boolean dhcp) {
        public Subnet {
            requireNonNull(cidr, "cidr is null");
            nameServers = List.copyOf(nameServers);
            hostRoutes = List.copyOf(hostRoutes);
        }

        /** An address in it, without a prefix length. */
        public FixedAddress with(String address) {
            return new FixedAddress(address, cidr, gateway, nameServers, hostRoutes, dhcp);
        }
    }

    public DesiredSegment {
        requireNonNull(network, "network is null");
        requireNonNull(physicalNetwork, "physicalNetwork is null");
        requireNonNull(uplink, "uplink is null");
        requireNonNull(services, "services is null");
        requestId = Objects.requireNonNullElse(requestId, Optional.empty());
        globalRequestId = Objects.requireNonNullElse(globalRequestId, Optional.empty());
        subnets = List.copyOf(subnets);
    }

    /** Those addresses of the network with what their subnets say now; one of a subnet that is not told stays what it is. */
    public List<FixedAddress> complete(List<FixedAddress> addresses) {
        return addresses.stream().map(this::complete).toList();
    }

    private FixedAddress complete(FixedAddress address) {
        return subnets.stream()
                .filter(subnet -> subnet.cidr().equals(address.cidr()))
                .findFirst()
                .map(subnet -> subnet.with(address.address()))
                .orElse(address);
    }

    /** How logs name it: its network, and the request that changed it last. */
    public String named() {
        return DesiredServer.named(network.toString(), requestId, globalRequestId);
    }

    /** From where DHCP is served now, whole: in subnets that want it, and in no others. */
    public Optional<DesiredInterface.ServicePort> servicePort() {
        return services.map(told -> new DesiredInterface.ServicePort(
                        told.port(),
                        told.mac(),
                        complete(told.addresses()).stream()
                                .filter(FixedAddress::dhcp)
                                .toList()))
                .filter(port -> !port.addresses().isEmpty());
    }
}
