package org.sluice.traffic.frame;

import static java.util.Objects.requireNonNull;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.List;
import org.sluice.linux.net.MacAddress;

/**
 * Answers for the addresses of a port, so that a router finds the sender and the receiver behind it: ARP requests (RFC 826) and
 * Neighbor Solicitations (RFC 4861, section 7.2.4). Pure and immutable.
 */
public final class NeighbourResponder {
    /** Bytes that any reply fits into. */
    public static final int LONGEST_REPLY = NeighbourFrames.LONGEST;

    private final MacAddress mac;
    private final List<byte[]> ipv4;
    private final List<byte[]> ipv6;
    private final List<VlanTag> tags;

    private NeighbourResponder(MacAddress mac, List<InetAddress> addresses, List<VlanTag> tags) {
        this.mac = mac;
        this.ipv4 = addresses.stream()
                .filter(NeighbourFrames::isIpv4)
                .map(InetAddress::getAddress)
                .toList();
        this.ipv6 = addresses.stream()
                .filter(address -> !NeighbourFrames.isIpv4(address))
                .map(InetAddress::getAddress)
                .toList();
        this.tags = tags;
    }

    /**
     * Makes one for a port.
     *
     * @param mac the port's, which all answers give
     * @param addresses the port's IPv4 and IPv6 addresses
     * @param tags those of the port's frames, outer first. Only needed where the kernel takes the outer tag out of received frames:
     *     the reply has the tags found in the request behind as many of these as are missing there
     */
    public static NeighbourResponder of(MacAddress mac, List<InetAddress> addresses, List<VlanTag> tags) {
        requireNonNull(mac, "mac is null");
        for (InetAddress address : addresses) {
            if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
                throw new IllegalArgumentException("The address " + address.getHostAddress()
                        + " is no host's own: answer for one that is neither zero nor multicast.");
            }
        }
        if (tags.size() > Headers.MAXIMUM_TAGS) {
            throw new IllegalArgumentException("A frame has at most two VLAN tags; " + tags.size() + " are given.");
        }
        return new NeighbourResponder(mac, List.copyOf(addresses), List.copyOf(tags));
    }

    /**
     * Answers a frame if it asks for one of the addresses.
     *
     * @param length bytes of the frame from {@code at}, all in bounds
     * @param reply has {@link #LONGEST_REPLY} bytes from {@code replyAt}; not the memory of the request
     * @return the length of the reply, 0 if there is nothing to answer
     */
    public int respond(MemorySegment received, long at, int length, MemorySegment reply, long replyAt) {
        if (length < Headers.LONGEST_ETHERNET
                || NeighbourFrames.mac(received, at + Headers.ETHER_SOURCE).equals(mac)) {
            // Too short for anything, or a question of our own that a loop or a flooding bridge brought back.
            return 0;
        }
        int network = Headers.networkOffset(received, at);
        if (NeighbourFrames.isArp(received, at, network, length, NeighbourFrames.ARP_REQUEST)) {
            return respondToArp(received, at, network, reply, replyAt);
        }
        if (NeighbourFrames.isNd(received, at, network, length, NeighbourFrames.SOLICITATION)) {
            return respondToSolicitation(received, at, network, reply, replyAt);
        }
        return 0;
    }

    private int respondToArp(MemorySegment received, long at, int network, MemorySegment reply, long replyAt) {
        long arp = at + network;
        for (byte[] own : ipv4) {
            if (NeighbourFrames.isAt(received, arp + NeighbourFrames.ARP_TARGET, own)) {
                MacAddress asker = NeighbourFrames.mac(received, arp + NeighbourFrames.ARP_SENDER_MAC);
                byte[] askerAddress =
                        NeighbourFrames.address(received, arp + NeighbourFrames.ARP_SENDER, Integer.BYTES);
                int header = header(received, at, network, asker, Headers.TYPE_ARP, reply, replyAt);
                int length = header
                        + NeighbourFrames.writeArp(
                                reply, replyAt + header, NeighbourFrames.ARP_REPLY, mac, own, asker, askerAddress);
                return NeighbourFrames.pad(reply, replyAt, length, header - Headers.ETHERNET);
            }
        }
        return 0;
    }

    private int respondToSolicitation(MemorySegment received, long at, int network, MemorySegment reply, long replyAt) {
        long ip = at + network;
        for (byte[] own : ipv6) {
            if (NeighbourFrames.isAt(received, ip + Headers.IPV6 + NeighbourFrames.ND_TARGET, own)) {
                byte[] asker = NeighbourFrames.address(received, ip + Headers.IPV6_SOURCE, own.length);
                // Without a source address it checks for duplicates and can only be told by multicast.
                boolean unspecified = NeighbourFrames.isAt(received, ip + Headers.IPV6_SOURCE, new byte[own.length]);
                byte[] destination = unspecified ? NeighbourFrames.allNodes() : asker;
                MacAddress to = unspecified
                        ? NeighbourFrames.groupMac(destination)
                        : NeighbourFrames.mac(received, at + Headers.ETHER_SOURCE);
                int flags = NeighbourFrames.OVERRIDE | (unspecified ? 0 : NeighbourFrames.SOLICITED);
                int header = header(received, at, network, to, Headers.TYPE_IPV6, reply, replyAt);
                return header
                        + NeighbourFrames.writeNd(
                                reply,
                                replyAt + header,
                                NeighbourFrames.ADVERTISEMENT,
                                flags,
                                mac,
                                own,
                                destination,
                                own);
            }
        }
        return 0;
    }

    /** Addresses, the tags that are missing in the request, the request's own, and the type. */
    private int header(
            MemorySegment received, long at, int network, MacAddress to, int type, MemorySegment reply, long replyAt) {
        int here = network - Headers.ETHERNET;
        int missing = Math.max(0, tags.size() - here / VlanTag.LENGTH);
        // Type of the untagged header: where the first of the request's tags goes, it is overwritten.
        int header = FrameWriter.ethernet(reply, replyAt, to, mac, tags.subList(0, missing), type);
        MemorySegment.copy(received, at + Headers.ETHER_TYPE, reply, replyAt + header - Short.BYTES, here);
        reply.set(Headers.SHORT, replyAt + header + here - Short.BYTES, (short) type);
        return header + here;
    }
}
