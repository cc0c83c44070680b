package org.sluice.traffic.frame;

import static java.util.Objects.requireNonNull;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import org.sluice.linux.net.MacAddress;

/**
 * The headers of a stream's test frames: UDP over IPv4 or IPv6 over Ethernet (RFC 2544, appendix C.2.6).
 *
 * @param sourceMac whom bridges learn; no multicast
 * @param destinationMac the receiver, or the router on the way to it
 * @param tags VLAN tags, outer first; none, one, or two (QinQ: 802.1ad, then 802.1Q)
 * @param source the sender's IP address; flows from 1,024 on use those after it
 * @param destination the receiver's, of the same family
 * @param sourcePort UDP port of flow 0; the next 1,023 flows use those after it
 * @param destinationPort UDP, 1 to 65535
 * @param dscp differentiated services code point, 0 to 63 (RFC 2474)
 * @param flows how many flows the frames are spread over, 1 to 4,096
 * @param timeToLive IPv4 time to live or IPv6 hop limit, 1 to 255
 */
public record FrameSpec(
        MacAddress sourceMac,
        MacAddress destinationMac,
        List<VlanTag> tags,
        InetAddress source,
        InetAddress destination,
        int sourcePort,
        int destinationPort,
        int dscp,
        int flows,
        int timeToLive) {
    /** The most flows. */
    public static final int MAXIMUM_FLOWS = 4096;

    /** So many flows differ by port; more differ by address too. */
    static final int FLOWS_PER_ADDRESS = 1024;

    /** RFC 2544, appendix C.2.6.4: from port C020 hex to echo. */
    private static final int DEFAULT_SOURCE_PORT = 0xC020;

    private static final int DEFAULT_DESTINATION_PORT = 7;
    private static final int DEFAULT_TIME_TO_LIVE = 64;
    private static final int LAST_PORT = 0xFFFF;
    private static final int LAST_DSCP = 63;
    private static final int LAST_TIME_TO_LIVE = 255;
    /** The last byte of an address stays below that of a broadcast address in a network of 256. */
    private static final int LAST_HOST = 254;

    /** Checks the ranges, and that all flows have addresses and ports. */
    public FrameSpec {
        requireNonNull(sourceMac, "sourceMac is null");
        requireNonNull(destinationMac, "destinationMac is null");
        tags = List.copyOf(tags);
        requireNonNull(source, "source is null");
        requireNonNull(destination, "destination is null");
        if (sourceMac.isZero() || sourceMac.isMulticast()) {
            throw new IllegalArgumentException("The source MAC address " + sourceMac
                    + " is no interface's own: use one that is neither zero nor multicast.");
        }
        if (destinationMac.isZero()) {
            throw new IllegalArgumentException(
                    "The destination MAC address is zero: use the receiver's or the router's.");
        }
        if (tags.size() > Headers.MAXIMUM_TAGS) {
            throw new IllegalArgumentException("A frame has at most two VLAN tags; " + tags.size() + " are given.");
        }
        if (source.getClass() != destination.getClass()) {
            throw new IllegalArgumentException("The source address " + source.getHostAddress()
                    + " and the destination address " + destination.getHostAddress()
                    + " are of different families: use two of IPv4 or two of IPv6.");
        }
        if (source.isAnyLocalAddress() || source.isMulticastAddress()) {
            throw new IllegalArgumentException("The source address " + source.getHostAddress()
                    + " is no host's own: use one that is neither zero nor multicast.");
        }
        if (destination.isAnyLocalAddress()) {
            throw new IllegalArgumentException("The destination address " + destination.getHostAddress()
                    + " is no host's own: use the receiver's.");
        }
        requireRange("source UDP port", sourcePort, 1, LAST_PORT);
        requireRange("destination UDP port", destinationPort, 1, LAST_PORT);
        requireRange("DSCP", dscp, 0, LAST_DSCP);
        requireRange("number of flows", flows, 1, MAXIMUM_FLOWS);
        requireRange("time to live", timeToLive, 1, LAST_TIME_TO_LIVE);
        int lastPort = sourcePort + Math.min(flows, FLOWS_PER_ADDRESS) - 1;
        if (lastPort > LAST_PORT) {
            throw new IllegalArgumentException("The source UDP port " + sourcePort + " leaves no ports for " + flows
                    + " flows: use at most " + (LAST_PORT - Math.min(flows, FLOWS_PER_ADDRESS) + 1) + ".");
        }
        int further = (flows - 1) / FLOWS_PER_ADDRESS;
        byte[] bytes = source.getAddress();
        if (further > 0 && (bytes[bytes.length - 1] & 0xFF) + further > LAST_HOST) {
            throw new IllegalArgumentException(
                    "The source address " + source.getHostAddress() + " leaves no addresses for " + flows
                            + " flows: use one whose last byte is at most " + (LAST_HOST - further) + ".");
        }
    }

    /** Untagged frames of one flow, from port 49184 to 7 with a time to live of 64. */
    public static FrameSpec of(
            MacAddress sourceMac, MacAddress destinationMac, InetAddress source, InetAddress destination) {
        return new FrameSpec(
                sourceMac,
                destinationMac,
                List.of(),
                source,
                destination,
                DEFAULT_SOURCE_PORT,
                DEFAULT_DESTINATION_PORT,
                0,
                1,
                DEFAULT_TIME_TO_LIVE);
    }

    /**
     * The same from 198.18.0.1 to 198.18.0.2, two stations of one network that is set aside for benchmarks (RFC 2544, appendix
     * C.2.2).
     */
    public static FrameSpec between(MacAddress source, MacAddress destination) {
        return of(source, destination, InetAddress.ofLiteral("198.18.0.1"), InetAddress.ofLiteral("198.18.0.2"));
    }

    /** The same with these VLAN tags, outer first. */
    public FrameSpec withTags(List<VlanTag> newTags) {
        return new FrameSpec(
                sourceMac,
                destinationMac,
                newTags,
                source,
                destination,
                sourcePort,
                destinationPort,
                dscp,
                flows,
                timeToLive);
    }

    /** The same with these UDP ports. */
    public FrameSpec withPorts(int newSourcePort, int newDestinationPort) {
        return new FrameSpec(
                sourceMac,
                destinationMac,
                tags,
                source,
                destination,
                newSourcePort,
                newDestinationPort,
                dscp,
                flows,
                timeToLive);
    }

    /** The same with this code point. */
    public FrameSpec withDscp(int newDscp) {
        return new FrameSpec(
                sourceMac,
                destinationMac,
                tags,
                source,
                destination,
                sourcePort,
                destinationPort,
                newDscp,
                flows,
                timeToLive);
    }

    /** The same with so many flows. */
    public FrameSpec withFlows(int newFlows) {
        return new FrameSpec(
                sourceMac,
                destinationMac,
                tags,
                source,
                destination,
                sourcePort,
                destinationPort,
                dscp,
                newFlows,
                timeToLive);
    }

    /** The same with this time to live. */
    public FrameSpec withTimeToLive(int newTimeToLive) {
        return new FrameSpec(
                sourceMac,
                destinationMac,
                tags,
                source,
                destination,
                sourcePort,
                destinationPort,
                dscp,
                flows,
                newTimeToLive);
    }

    /** The same to another MAC address, such as that of a router which has just answered. */
    public FrameSpec withDestinationMac(MacAddress newDestinationMac) {
        return new FrameSpec(
                sourceMac,
                newDestinationMac,
                tags,
                source,
                destination,
                sourcePort,
                destinationPort,
                dscp,
                flows,
                timeToLive);
    }

    /** Frames of the other way: MAC and IP addresses swapped, everything else the same. */
    public FrameSpec reversed() {
        return new FrameSpec(
                destinationMac,
                sourceMac,
                tags,
                destination,
                source,
                sourcePort,
                destinationPort,
                dscp,
                flows,
                timeToLive);
    }

    /** Whether it is IPv4. */
    public boolean isIpv4() {
        return source instanceof Inet4Address;
    }

    /** Bytes before the UDP payload: Ethernet with tags, IP, UDP. */
    public int headerLength() {
        return networkOffset() + (isIpv4() ? Headers.IPV4 : Headers.IPV6) + Headers.UDP;
    }

    /** Where the IP header starts. */
    int networkOffset() {
        return Headers.ETHERNET + tags.size() * VlanTag.LENGTH;
    }

    /** The source UDP port of a flow. */
    int sourcePort(int flow) {
        return sourcePort + flow % FLOWS_PER_ADDRESS;
    }

    /** The source address of a flow, in the order of the wire. */
    byte[] sourceAddress(int flow) {
        byte[] bytes = source.getAddress();
        bytes[bytes.length - 1] += (byte) (flow / FLOWS_PER_ADDRESS);
        return bytes;
    }

    private static void requireRange(String name, int value, int first, int last) {
        if (value < first || value > last) {
            throw new IllegalArgumentException(
                    "The " + name + " " + value + " is out of range: use " + first + " to " + last + ".");
        }
    }
}
