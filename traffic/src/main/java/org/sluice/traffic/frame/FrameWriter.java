package org.sluice.traffic.frame;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.sluice.linux.net.MacAddress;

/** Lays headers and whole test frames out in memory. For setting up, not for sending: it computes checksums. */
final class FrameWriter {
    private FrameWriter() {}

    /**
     * Writes addresses, tags and type.
     *
     * @return their length
     */
    static int ethernet(
            MemorySegment to, long at, MacAddress destination, MacAddress source, List<VlanTag> tags, int type) {
        copy(destination.bytes(), to, at);
        copy(source.bytes(), to, at + Headers.ETHER_SOURCE);
        int length = Headers.ETHER_TYPE;
        for (VlanTag tag : tags) {
            to.set(Headers.INT, at + length, tag.word());
            length += VlanTag.LENGTH;
        }
        to.set(Headers.SHORT, at + length, (short) type);
        return length + Short.BYTES;
    }

    /** Writes an IPv6 header. */
    static void ipv6(
            MemorySegment to,
            long at,
            int dscp,
            int payload,
            int nextHeader,
            int hopLimit,
            byte[] source,
            byte[] destination) {
        // Version, traffic class (whose upper six bits are the DSCP), flow label 0.
        to.set(Headers.INT, at, 6 << 28 | dscp << 22);
        to.set(Headers.SHORT, at + Headers.IPV6_LENGTH, (short) payload);
        to.set(Headers.BYTE, at + Headers.IPV6_NEXT_HEADER, (byte) nextHeader);
        to.set(Headers.BYTE, at + Headers.IPV6_HOP_LIMIT, (byte) hopLimit);
        copy(source, to, at + Headers.IPV6_SOURCE);
        copy(destination, to, at + Headers.IPV6_DESTINATION);
    }

    /**
     * Writes the test frame of a flow; the first {@code size.onWire()} bytes from {@code at} are its own. Its payload is a signature of
     * zeros, then bytes that count up (RFC 2544, appendix C.2.6.4.7).
     */
    static void testFrame(FrameSpec spec, FrameSize size, int flow, MemorySegment to, long at) {
        int type = spec.isIpv4() ? Headers.TYPE_IPV4 : Headers.TYPE_IPV6;
        long network = at + ethernet(to, at, spec.destinationMac(), spec.sourceMac(), spec.tags(), type);
        int payload = (int) (size.onWire() - (network - at));
        long udp = spec.isIpv4()
                ? ipv4(spec, payload, flow, to, network)
                : ipv6(spec, payload - Headers.IPV6, flow, to, network);
        long end = at + size.onWire();
        for (long byteAt = udp + Headers.UDP + Signature.LENGTH; byteAt < end; byteAt++) {
            to.set(Headers.BYTE, byteAt, (byte) (byteAt - udp - Headers.UDP - Signature.LENGTH));
        }
        Signature.write(to, udp + Headers.UDP, 0, 0, 0, 0);
        udp(spec, (int) (end - udp), flow, to, udp);
    }

    private static long ipv4(FrameSpec spec, int total, int flow, MemorySegment to, long at) {
        to.set(Headers.BYTE, at, (byte) Headers.IPV4_FIRST);
        to.set(Headers.BYTE, at + 1, (byte) (spec.dscp() << 2));
        to.set(Headers.SHORT, at + Headers.IPV4_LENGTH, (short) total);
        // Identification 0 is fine for what is never fragmented (RFC 6864, section 4.1).
        to.set(Headers.INT, at + Headers.IPV4_LENGTH + Short.BYTES, Headers.IPV4_DO_NOT_FRAGMENT);
        to.set(Headers.BYTE, at + Headers.IPV4_TIME_TO_LIVE, (byte) spec.timeToLive());
        to.set(Headers.BYTE, at + Headers.IPV4_PROTOCOL, (byte) Headers.PROTOCOL_UDP);
        to.set(Headers.SHORT, at + Headers.IPV4_CHECKSUM, (short) 0);
        copy(spec.sourceAddress(flow), to, at + Headers.IPV4_SOURCE);
        copy(spec.destination().getAddress(), to, at + Headers.IPV4_DESTINATION);
        int checksum = Checksum.field(Checksum.sum(to, at, Headers.IPV4));
        to.set(Headers.SHORT, at + Headers.IPV4_CHECKSUM, (short) checksum);
        return at + Headers.IPV4;
    }

    private static long ipv6(FrameSpec spec, int payload, int flow, MemorySegment to, long at) {
        ipv6(
                to,
                at,
                spec.dscp(),
                payload,
                Headers.PROTOCOL_UDP,
                spec.timeToLive(),
                spec.sourceAddress(flow),
                spec.destination().getAddress());
        return at + Headers.IPV6;
    }

    private static void udp(FrameSpec spec, int length, int flow, MemorySegment to, long at) {
        to.set(Headers.SHORT, at, (short) spec.sourcePort(flow));
        to.set(Headers.SHORT, at + Headers.UDP_DESTINATION, (short) spec.destinationPort());
        to.set(Headers.SHORT, at + Headers.UDP_LENGTH, (short) length);
        to.set(Headers.SHORT, at + Headers.UDP_CHECKSUM, (short) 0);
        // In both families the two addresses stand right before the UDP header: pseudo header and datagram are one run.
        int addresses = 2 * spec.destination().getAddress().length;
        long sum = Checksum.sum(to, at - addresses, addresses + length)
                + Checksum.word(Headers.PROTOCOL_UDP)
                + Checksum.word(length);
        to.set(Headers.SHORT, at + Headers.UDP_CHECKSUM, (short) Checksum.udpField(sum));
    }

    static void copy(byte[] from, MemorySegment to, long at) {
        // The caller's segment is as long as the frame, of which the address is a part; copy() checks it.
        MemorySegment.copy(from, 0, to, Headers.BYTE, at, from.length);
    }
}
