package org.sluice.traffic.frame;

import java.lang.foreign.MemorySegment;

/**
 * Checks the IP and UDP headers and the UDP payload of received frames. One final class for both families, so that the call of the
 * hot path is never looked up.
 */
final class Datagram {
    /** Of an IPv6 header's first word all but the DSCP: version 6, no congestion marks, flow label 0 as sent. */
    private static final long IPV6_FIRST_MASK = 0xF03F_FFFFL;

    private static final long IPV6_FIRST = 0x6000_0000L;

    /** The lower half of a long. Sums of halves fold to the sum of 16-bit words as in {@link Checksum#sum}. */
    private static final long WORD = 0xFFFF_FFFFL;

    private final boolean ipv4;
    private final int destinationPort;
    private final long sourceHigh;
    private final long sourceLow;
    private final long destinationHigh;
    private final long destinationLow;

    private Datagram(FrameSpec spec) {
        this.ipv4 = spec.isIpv4();
        this.destinationPort = spec.destinationPort();
        MemorySegment source = MemorySegment.ofArray(spec.source().getAddress());
        MemorySegment destination = MemorySegment.ofArray(spec.destination().getAddress());
        // An IPv4 address has four bytes, an IPv6 address sixteen.
        this.sourceHigh = ipv4 ? 0 : source.get(Headers.LONG, 0);
        this.sourceLow = ipv4 ? source.get(Headers.INT, 0) : source.get(Headers.LONG, Long.BYTES);
        this.destinationHigh = ipv4 ? 0 : destination.get(Headers.LONG, 0);
        this.destinationLow = ipv4 ? destination.get(Headers.INT, 0) : destination.get(Headers.LONG, Long.BYTES);
    }

    static Datagram of(FrameSpec spec) {
        return new Datagram(spec);
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

    /** In how many bits addresses and destination port differ from those of the stream; needs both headers in bounds. */
    int distance(MemorySegment memory, long ip) {
        int port = memory.get(Headers.SHORT, ip + headerLength() + Headers.UDP_DESTINATION) & 0xFFFF;
        int bits = Integer.bitCount(port ^ destinationPort);
        if (ipv4) {
            return bits
                    + Integer.bitCount(memory.get(Headers.INT, ip + Headers.IPV4_SOURCE) ^ (int) sourceLow)
                    + Integer.bitCount(memory.get(Headers.INT, ip + Headers.IPV4_DESTINATION) ^ (int) destinationLow);
        }
        return bits
                + Long.bitCount(memory.get(Headers.LONG, ip + Headers.IPV6_SOURCE) ^ sourceHigh)
                + Long.bitCount(memory.get(Headers.LONG, ip + Headers.IPV6_SOURCE + Long.BYTES) ^ sourceLow)
                + Long.bitCount(memory.get(Headers.LONG, ip + Headers.IPV6_DESTINATION) ^ destinationHigh)
                + Long.bitCount(memory.get(Headers.LONG, ip + Headers.IPV6_DESTINATION + Long.BYTES) ^ destinationLow);
    }

    /** The IPv6 hop limit, which no checksum protects; 0 for IPv4, whose checksum does. */
    int unprotectedHopLimit(MemorySegment memory, long ip) {
        return ipv4 ? 0 : memory.get(Headers.BYTE, ip + Headers.IPV6_HOP_LIMIT);
    }

    private static boolean isIntactIpv4(MemorySegment memory, long ip, int length) {
        // The 20 bytes of the header.
        long start = memory.get(Headers.LONG, ip);
        long middle = memory.get(Headers.LONG, ip + Headers.IPV4_TIME_TO_LIVE);
        long end = memory.get(Headers.INT, ip + Headers.IPV4_DESTINATION) & WORD;
        return start >>> 56 == Headers.IPV4_FIRST
                && (start >>> 32 & 0xFFFF) == length
                && (middle >>> 48 & 0xFF) == Headers.PROTOCOL_UDP
                && Checksum.fold((start & WORD) + (start >>> 32) + (middle & WORD) + (middle >>> 32) + end)
                        == Checksum.RIGHT
                && isIntactUdp(memory, ip + Headers.IPV4, (middle & WORD) + end, length - Headers.IPV4);
    }

    private static boolean isIntactIpv6(MemorySegment memory, long ip, int length) {
        // The 40 bytes of the header.
        long start = memory.get(Headers.LONG, ip);
        int payload = length - Headers.IPV6;
        return (start >>> 32 & IPV6_FIRST_MASK) == IPV6_FIRST
                && (start >>> 16 & 0xFFFF) == payload
                && (start >>> 8 & 0xFF) == Headers.PROTOCOL_UDP
                && isIntactUdp(memory, ip + Headers.IPV6, addresses(memory, ip + Headers.IPV6_SOURCE), payload);
    }

    private static long addresses(MemorySegment memory, long at) {
        long sum = 0;
        for (int i = 0; i < Headers.IPV6 - Headers.IPV6_SOURCE; i += Long.BYTES) {
            long word = memory.get(Headers.LONG, at + i);
            sum += (word & WORD) + (word >>> 32);
        }
        return sum;
    }

    /** Checks the UDP header and what it says of payload and pseudo header, whose addresses are already summed up. */
    private static boolean isIntactUdp(MemorySegment memory, long udp, long addresses, int length) {
        // The header's 8 bytes, then the rest of length.
        long header = memory.get(Headers.LONG, udp);
        return (header >>> 16 & 0xFFFF) == length
                && (header & 0xFFFF) != 0
                && Checksum.fold(addresses
                                + Headers.PROTOCOL_UDP
                                + length
                                + (header & WORD)
                                + (header >>> 32)
                                + Checksum.bigEndian(Checksum.sum(memory, udp + Headers.UDP, length - Headers.UDP)))
                        == Checksum.RIGHT;
    }
}
