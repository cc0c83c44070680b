package org.sluice.traffic.frame;

import static java.util.Objects.requireNonNull;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.sluice.linux.net.MacAddress;

/**
 * What a port says before a trial: asks for the MAC address of a router, tells everyone its own, and lets bridges learn it (RFC
 * 2544, section 23). Pure and immutable. Every frame fits into {@link NeighbourResponder#LONGEST_REPLY} bytes.
 */
public final class NeighbourQuery {
    private static final MacAddress BROADCAST = new MacAddress(0xFFFF_FFFF_FFFFL);

    private final MacAddress mac;
    private final InetAddress address;
    private final List<VlanTag> tags;

    private NeighbourQuery(MacAddress mac, InetAddress address, List<VlanTag> tags) {
        this.mac = mac;
        this.address = address;
        this.tags = tags;
    }

    /**
     * Makes one for a port.
     *
     * @param mac the port's
     * @param address the port's IPv4 or IPv6 address
     * @param tags those of the port's frames, outer first
     */
    public static NeighbourQuery of(MacAddress mac, InetAddress address, List<VlanTag> tags) {
        if (tags.size() > Headers.MAXIMUM_TAGS) {
            throw new IllegalArgumentException("A frame has at most two VLAN tags; " + tags.size() + " are given.");
        }
        return new NeighbourQuery(
                requireNonNull(mac, "mac is null"), requireNonNull(address, "address is null"), List.copyOf(tags));
    }

    /**
     * Writes the question for a neighbour's MAC address: an ARP request by broadcast, or a Neighbor Solicitation to the group of
     * those who may have the address.
     *
     * @param target of the same family as the port's address
     * @return the length of the frame
     */
    public int question(InetAddress target, MemorySegment to, long at) {
        requireSameFamily(target);
        byte[] wanted = target.getAddress();
        if (isIpv4()) {
            return arp(NeighbourFrames.ARP_REQUEST, BROADCAST, MacAddress.ZERO, wanted, to, at);
        }
        byte[] group = NeighbourFrames.solicitedNode(wanted);
        return nd(NeighbourFrames.SOLICITATION, 0, NeighbourFrames.groupMac(group), group, wanted, to, at);
    }

    /**
     * Reads the answer to a question.
     *
     * @param length bytes of the frame from {@code at}, all in bounds
     * @return the MAC address of the target, or nothing when the frame is no answer for it
     */
    public Optional<MacAddress> answer(InetAddress target, MemorySegment received, long at, int length) {
        requireSameFamily(target);
        if (length < Headers.LONGEST_ETHERNET) {
            return Optional.empty();
        }
        int network = Headers.networkOffset(received, at);
        return (isIpv4()
                        ? arpAnswer(target, received, at, network, length)
                        : ndAnswer(target, received, at, network, length))
                .filter(found -> !found.isZero() && !found.isMulticast());
    }

    /**
     * Writes what tells everyone on the link the port's MAC address, unasked: an ARP announcement (RFC 5227, section 2.3) or an
     * unsolicited Neighbor Advertisement (RFC 4861, section 7.2.6). Bridges learn from it too.
     *
     * @return the length of the frame
     */
    public int announcement(MemorySegment to, long at) {
        return isIpv4()
                ? learningFrame(BROADCAST, to, at)
                : learningFrame(NeighbourFrames.groupMac(NeighbourFrames.allNodes()), to, at);
    }

    /**
     * Writes the same to one station only: the learning frame of RFC 2544, section 23, from the port that will receive to the one
     * that will send, from which all bridges between them learn where the receiver is.
     *
     * @return the length of the frame
     */
    public int learningFrame(MacAddress peer, MemorySegment to, long at) {
        requireNonNull(peer, "peer is null");
        byte[] own = address.getAddress();
        return isIpv4()
                ? arp(NeighbourFrames.ARP_REQUEST, peer, MacAddress.ZERO, own, to, at)
                : nd(
                        NeighbourFrames.ADVERTISEMENT,
                        NeighbourFrames.OVERRIDE,
                        peer,
                        NeighbourFrames.allNodes(),
                        own,
                        to,
                        at);
    }

    private int arp(
            int operation, MacAddress destination, MacAddress targetMac, byte[] target, MemorySegment to, long at) {
        int header = FrameWriter.ethernet(to, at, destination, mac, tags, Headers.TYPE_ARP);
        int length = header
                + NeighbourFrames.writeArp(to, at + header, operation, mac, address.getAddress(), targetMac, target);
        return NeighbourFrames.pad(to, at, length, header - Headers.ETHERNET);
    }

    private int nd(
            int type, int flags, MacAddress destination, byte[] group, byte[] target, MemorySegment to, long at) {
        int header = FrameWriter.ethernet(to, at, destination, mac, tags, Headers.TYPE_IPV6);
        return header + NeighbourFrames.writeNd(to, at + header, type, flags, mac, address.getAddress(), group, target);
    }

    private static Optional<MacAddress> arpAnswer(
            InetAddress target, MemorySegment received, long at, int network, int length) {
        long arp = at + network;
        if (!NeighbourFrames.isArp(received, at, network, length, NeighbourFrames.ARP_REPLY)
                || !NeighbourFrames.isAt(received, arp + NeighbourFrames.ARP_SENDER, target.getAddress())) {
            return Optional.empty();
        }
        return Optional.of(NeighbourFrames.mac(received, arp + NeighbourFrames.ARP_SENDER_MAC));
    }

    private static Optional<MacAddress> ndAnswer(
            InetAddress target, MemorySegment received, long at, int network, int length) {
        long nd = at + network + Headers.IPV6;
        if (!NeighbourFrames.isNd(received, at, network, length, NeighbourFrames.ADVERTISEMENT)
                || !NeighbourFrames.isAt(received, nd + NeighbourFrames.ND_TARGET, target.getAddress())) {
            return Optional.empty();
        }
        // An answer to a unicast question may leave the option out (RFC 4861, section 4.4).
        int option = NeighbourFrames.option(
                received, nd, NeighbourFrames.payload(received, at + network), NeighbourFrames.TARGET_OPTION);
        return Optional.of(NeighbourFrames.mac(received, option > 0 ? nd + option : at + Headers.ETHER_SOURCE));
    }

    private boolean isIpv4() {
        return NeighbourFrames.isIpv4(address);
    }

    private void requireSameFamily(InetAddress target) {
        if (requireNonNull(target, "target is null").getClass() != address.getClass()) {
            throw new IllegalArgumentException("A port with the address " + address.getHostAddress()
                    + " cannot ask for " + target.getHostAddress() + ": use two addresses of one family.");
        }
    }
}
