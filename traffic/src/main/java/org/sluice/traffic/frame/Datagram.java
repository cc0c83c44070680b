package org.sluice.traffic.frame;

import java.lang.foreign.MemorySegment;

/**
 * Checks the IP and UDP headers and the UDP payload of received frames. One final class for both families, so that the call of the
 * hot path is never looked up.
 */
final class Datagram {
    /** Of an IPv6 header's first word all but the DSCP: version 6, no congestion marks, flow label 0 as sent. */
    private static final int IPV6_FIRST_MASK = 0xF03F_FFFF;

    private static final int IPV6_FIRST = 0x6000_0000;

    private final boolean ipv4;
    private final int destinationPort;
    private final long destinationHigh;
    private final long destinationLow;

    private Datagram(boolean ipv4, int destinationPort, long destinationHigh, long destinationLow) {
        this.ipv4 = ipv4;
        this.destinationPort = destinationPort;
        this.destinationHigh = destinationHigh;
        this.destinationLow = destinationLow;
    }

    static Datagram of(FrameSpec spec) {
        MemorySegment address = MemorySegment.ofArray(spec.destination().getAddress());
        // An IPv4 address has four bytes, an IPv6 address sixteen.
        return spec.isIpv4()
                ? new Datagram(true, spec.destinationPort(), 0, address.get(Headers.INT, 0))
                : new Datagram(
                        false,
                        spec.destinationPort(),
                        address.get(Headers.LONG, 0),
                        address.get(Headers.LONG, Long.BYTES));
    }

    /** Bytes of the IP header. */
    int headerLength() {
        return ipv4 ? Headers.IPV4 : Headers.IPV6;
    }

    /**
     * Whether lengths and checksums are right.
     *
     * @param ip where the IP header starts
     * @param length from there to the frame's end, at least both headers and all in bounds: the caller's duty
     */
    boolean isIntact(MemorySegment memory, long ip, int length) {
        return ipv4 ? isIntactIpv4(memory, ip, length) : isIntactIpv6(memory, ip, length);
    }

    /**
     * Whether destination address and port are those of the stream; needs both headers in bounds. Looks at nothing else.
     */
    boolean isToUs(MemorySegment memory, long ip) {
        if ((memory.get(Headers.SHORT, ip + headerLength() + Headers.UDP_DESTINATION) & 0xFFFF) != destinationPort) {
            return false;
        }
        return ipv4
                ? memory.get(Headers.INT, ip + Headers.IPV4_DESTINATION) == destinationLow
                : memory.get(Headers.LONG, ip + Headers.IPV6_DESTINATION) == destinationHigh
                        && memory.get(Headers.LONG, ip + Headers.IPV6_DESTINATION + Long.BYTES) == destinationLow;
    }

    /** The IPv6 hop limit, which no checksum protects; 0 for IPv4, whose checksum does. */
    int unprotectedHopLimit(MemorySegment memory, long ip) {
        return ipv4 ? 0 : memory.get(Headers.BYTE, ip + Headers.IPV6_HOP_LIMIT);
    }

    private static boolean isIntactIpv4(MemorySegment memory, long ip, int length) {
        // All within the 20 bytes of the header.
        return memory.get(Headers.BYTE, ip) == Headers.IPV4_FIRST
                && (memory.get(Headers.SHORT, ip + Headers.IPV4_LENGTH) & 0xFFFF) == length
                && memory.get(Headers.BYTE, ip + Headers.IPV4_PROTOCOL) == Headers.PROTOCOL_UDP
                && Checksum.fold(Checksum.sum(memory, ip, Headers.IPV4)) == Checksum.RIGHT
                && isIntactUdp(memory, ip + Headers.IPV4, Headers.IPV4 - Headers.IPV4_SOURCE, length - Headers.IPV4);
    }

    private static boolean isIntactIpv6(MemorySegment memory, long ip, int length) {
        // All within the 40 bytes of the header.
        return (memory.get(Headers.INT, ip) & IPV6_FIRST_MASK) == IPV6_FIRST
                && (memory.get(Headers.SHORT, ip + Headers.IPV6_LENGTH) & 0xFFFF) == length - Headers.IPV6
                && memory.get(Headers.BYTE, ip + Headers.IPV6_NEXT_HEADER) == Headers.PROTOCOL_UDP
                && isIntactUdp(memory, ip + Headers.IPV6, Headers.IPV6 - Headers.IPV6_SOURCE, length - Headers.IPV6);
    }

    /**
     * Checks the UDP header and sums up: in both families the addresses end where the UDP header starts, so that pseudo header and
     * datagram are one run.
     */
    private static boolean isIntactUdp(MemorySegment memory, long udp, int addresses, int length) {
        // All within the header's 8 bytes, the addresses before it and length.
        return (memory.get(Headers.SHORT, udp + Headers.UDP_LENGTH) & 0xFFFF) == length
                && memory.get(Headers.SHORT, udp + Headers.UDP_CHECKSUM) != 0
                && Checksum.fold(Checksum.sum(memory, udp - addresses, addresses + length)
                                + Checksum.word(Headers.PROTOCOL_UDP)
                                + Checksum.word(length))
                        == Checksum.RIGHT;
    }
}
