package org.sluice.model.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.sluice.model.MacAddress;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;

/** One NIC of a desired server. The kinds differ in how the port reaches the VM. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = DesiredInterface.Bridge.class, name = "bridge"),
    @JsonSubTypes.Type(value = DesiredInterface.Direct.class, name = "direct")
})
public sealed interface DesiredInterface {
    /** The port this NIC is. */
    PortId port();

    /** The network the port is on. */
    NetworkId network();

    /** The NIC's address. */
    MacAddress mac();

    /** VLAN id on the wire, 1 to 4094; 0 for untagged (flat), and where the segment tells it. */
    int vlan();

    /** Largest IP packet, bytes; 0 where the segment tells it. */
    int mtu();

    /** Addresses of the port, IPv4 first. */
    List<FixedAddress> addresses();

    /** Whether the server should have it; {@link Wish#THERE} in what was written before there was this member. */
    Wish wish();

    /** The same NIC, of which that is wished. */
    DesiredInterface wished(Wish other);

    /** Leases of the virtual functions that it takes; none for a NIC that takes none. */
    default List<VirtualFunctionLease> leases() {
        return List.of();
    }

    /**
     * The same NIC, of which DHCP and metadata tell what they tell of the other one: its addresses, with the facts of their subnets,
     * and from where the network is served. All else of a NIC is built, and stays while its server runs.
     */
    DesiredInterface toldLike(DesiredInterface other);

    /** The same NIC without what the segment of its network says, which is told beside it. */
    DesiredInterface apart();

    /** The same NIC with what that segment says, which is of its network. */
    DesiredInterface on(DesiredSegment segment);

    /** Whether a NIC should be there. */
    enum Presence {
        PRESENT,
        /** It is to be taken from the server. A NIC that is not spoken of stays. */
        ABSENT
    }

    /**
     * Whether a NIC should be there, and why it was not, or will not be, from its server's start to its end.
     *
     * @param change number of the attachment to, or the detachment from, a server that stands; 0 for none. A port that comes again
     *     comes under another number, so that what is said of one change is not taken for the next
     */
    record Wish(Presence presence, long change) {
        /** It is there as long as its server. */
        public static final Wish THERE = new Wish(Presence.PRESENT, 0);

        public Wish {
            presence = Objects.requireNonNullElse(presence, Presence.PRESENT);
        }

        /** Whether the NIC is to go. */
        public boolean goes() {
            return presence == Presence.ABSENT;
        }
    }

    /**
     * A virtio NIC: a tap on the bridge of its VLAN segment, whose uplink is a VLAN device on a NIC of the host.
     *
     * @param physicalNetwork the physical network of the segment
     * @param uplink netdev of this host that reaches the physical network, {@code eno2}; {@link #NO_UPLINK} when there is none,
     *     and then this server cannot be built, and no other one is the worse for it
     * @param services where DHCP and metadata of this host live on the network; empty when no subnet wants DHCP
     */
    record Bridge(
            PortId port,
            NetworkId network,
            MacAddress mac,
            int vlan,
            int mtu,
            List<FixedAddress> addresses,
            String physicalNetwork,
            String uplink,
            Optional<ServicePort> services,
            Wish wish)
            implements DesiredInterface {
        /** Stands for the uplink that the host does not have. */
        public static final String NO_UPLINK = "";

        public Bridge {
            addresses = List.copyOf(addresses);
            wish = Objects.requireNonNullElse(wish, Wish.THERE);
        }

        /** One that is there as long as its server. */
        public Bridge(
                PortId port,
                NetworkId network,
                MacAddress mac,
                int vlan,
                int mtu,
                List<FixedAddress> addresses,
                String physicalNetwork,
                String uplink,
                Optional<ServicePort> services) {
            this(port, network, mac, vlan, mtu, addresses, physicalNetwork, uplink, services, Wish.THERE);
        }

        @Override
        public Bridge wished(Wish other) {
            return new Bridge(port, network, mac, vlan, mtu, addresses, physicalNetwork, uplink, services, other);
        }

        @Override
        public Bridge toldLike(DesiredInterface other) {
            return new Bridge(
                    port,
                    network,
                    mac,
                    vlan,
                    mtu,
                    other.addresses(),
                    physicalNetwork,
                    uplink,
                    other instanceof Bridge bridge ? bridge.services() : services,
                    wish);
        }

        @Override
        public Bridge apart() {
            return new Bridge(port, network, mac, 0, 0, apartAll(addresses), "", NO_UPLINK, Optional.empty(), wish);
        }

        @Override
        public Bridge on(DesiredSegment segment) {
            return new Bridge(
                    port,
                    network,
                    mac,
                    segment.vlan(),
                    segment.mtu(),
                    segment.complete(addresses),
                    segment.physicalNetwork(),
                    segment.uplink(),
                    segment.servicePort(),
                    wish);
        }
    }

    private static List<FixedAddress> apartAll(List<FixedAddress> addresses) {
        return addresses.stream().map(FixedAddress::apart).toList();
    }

    /**
     * The port ({@code network:dhcp}) from which one host serves DHCP and metadata on one network.
     *
     * @param port the port
     * @param mac its address
     * @param addresses its addresses, one a subnet with DHCP
     */
    record ServicePort(PortId port, MacAddress mac, List<FixedAddress> addresses) {
        public ServicePort {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * A leased virtual function.
     *
     * @param lease which VF, and under which generation
     * @param attributes what the VF must read back before the port is active
     */
    record Direct(
            PortId port,
            NetworkId network,
            MacAddress mac,
            int vlan,
            int mtu,
            List<FixedAddress> addresses,
            VirtualFunctionLease lease,
            DirectAttributes attributes,
            Wish wish)
            implements DesiredInterface {
        public Direct {
            addresses = List.copyOf(addresses);
            wish = Objects.requireNonNullElse(wish, Wish.THERE);
        }

        /** One that is there as long as its server. */
        public Direct(
                PortId port,
                NetworkId network,
                MacAddress mac,
                int vlan,
                int mtu,
                List<FixedAddress> addresses,
                VirtualFunctionLease lease,
                DirectAttributes attributes) {
            this(port, network, mac, vlan, mtu, addresses, lease, attributes, Wish.THERE);
        }

        @Override
        public Direct wished(Wish other) {
            return new Direct(port, network, mac, vlan, mtu, addresses, lease, attributes, other);
        }

        @Override
        public List<VirtualFunctionLease> leases() {
            return List.of(lease);
        }

        @Override
        public Direct toldLike(DesiredInterface other) {
            return new Direct(port, network, mac, vlan, mtu, other.addresses(), lease, attributes, wish);
        }

        @Override
        public Direct apart() {
            return new Direct(port, network, mac, 0, 0, apartAll(addresses), lease, attributes, wish);
        }

        @Override
        public Direct on(DesiredSegment segment) {
            return new Direct(
                    port,
                    network,
                    mac,
                    segment.vlan(),
                    segment.mtu(),
                    segment.complete(addresses),
                    lease,
                    attributes,
                    wish);
        }
    }

    /**
     * The part of a VF's tuple that policy decides; MAC and VLAN are the interface's own.
     *
     * @param qos 802.1p priority, 0 to 7
     * @param spoofCheck whether the card drops frames with another source MAC
     * @param trust whether the guest may ask for promiscuous mode and further MACs
     * @param minTxRate guaranteed rate, Mbit/s, 0 for none
     * @param maxTxRate rate limit, Mbit/s, 0 for none
     */
    record DirectAttributes(int qos, boolean spoofCheck, boolean trust, int minTxRate, int maxTxRate) {
        /** What a port gets that asked for nothing: spoof check on, trust off, no limits. */
        public static final DirectAttributes DEFAULT = new DirectAttributes(0, true, false, 0, 0);
    }
}
