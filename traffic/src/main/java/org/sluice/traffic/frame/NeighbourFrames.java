package org.sluice.traffic.frame;

import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import org.sluice.linux.net.MacAddress;

/** Frames of ARP (RFC 826) and Neighbor Discovery (RFC 4861) in memory: writes them, and finds and checks their fields. */
final class NeighbourFrames {
    /** The longest frame: two tags, IPv6, advertisement with one option. */
    static final int LONGEST = Headers.LONGEST_ETHERNET + Headers.IPV6 + 32;

    static final int ARP_REQUEST = 1;
    static final int ARP_REPLY = 2;
    static final int ARP = 28;
    static final int ARP_OPERATION = 6;
    static final int ARP_SENDER_MAC = 8;
    static final int ARP_SENDER = 14;
    static final int ARP_TARGET_MAC = 18;
    static final int ARP_TARGET = 24;

    static final int SOLICITATION = 135;
    static final int ADVERTISEMENT = 136;
    static final int SOLICITED = 0x4000_0000;
    static final int OVERRIDE = 0x2000_0000;
    static final int ND_FLAGS = 4;
    static final int ND_TARGET = 8;
    /** Type, code, checksum, flags, target. */
    static final int ND = 24;

    static final byte SOURCE_OPTION = 1;
    static final byte TARGET_OPTION = 2;

    /** Hardware type Ethernet, protocol IPv4. */
    private static final int ARP_TYPES = 0x0001_0800;
    /** Six and four bytes. */
    private static final short ARP_LENGTHS = 0x0604;

    private static final int ND_HOP_LIMIT = 255;
    private static final int ND_CHECKSUM = 2;
    /** Options are counted in units of eight bytes; one with a MAC address has just one. */
    private static final int OPTION_UNIT = 8;

    private static final byte[] ALL_NODES = InetAddress.ofLiteral("ff02::1").getAddress();
    private static final byte[] SOLICITED_NODE =
            InetAddress.ofLiteral("ff02::1:ff00:0").getAddress();

    private NeighbourFrames() {}

    /** The IPv6 address of all nodes on the link. */
    static byte[] allNodes() {
        return ALL_NODES.clone();
    }

    /** Where who has an address listens for solicitations: its last three bytes behind a prefix (RFC 4291, section 2.7.1). */
    static byte[] solicitedNode(byte[] target) {
        byte[] group = SOLICITED_NODE.clone();
        System.arraycopy(target, 13, group, 13, 3);
        return group;
    }

    /** The MAC address of an IPv6 multicast group: 33:33 and its last four bytes (RFC 2464, section 7). */
    static MacAddress groupMac(byte[] group) {
        return new MacAddress(0x3333L << 32 | (MemorySegment.ofArray(group).get(Headers.INT, 12) & 0xFFFF_FFFFL));
    }

    static int writeArp(
            MemorySegment to, long at, int operation, MacAddress mac, byte[] own, MacAddress targetMac, byte[] target) {
        to.set(Headers.INT, at, ARP_TYPES);
        to.set(Headers.SHORT, at + Integer.BYTES, ARP_LENGTHS);
        to.set(Headers.SHORT, at + ARP_OPERATION, (short) operation);
        FrameWriter.copy(mac.bytes(), to, at + ARP_SENDER_MAC);
        FrameWriter.copy(own, to, at + ARP_SENDER);
        FrameWriter.copy(targetMac.bytes(), to, at + ARP_TARGET_MAC);
        FrameWriter.copy(target, to, at + ARP_TARGET);
        return ARP;
    }

    /** Writes IPv6 header, solicitation or advertisement, and one option with the MAC address. */
    static int writeNd(
            MemorySegment to,
            long at,
            int type,
            int flags,
            MacAddress mac,
            byte[] source,
            byte[] destination,
            byte[] target) {
        int length = ND + OPTION_UNIT;
        FrameWriter.ipv6(to, at, 0, length, Headers.PROTOCOL_ICMPV6, ND_HOP_LIMIT, source, destination);
        long nd = at + Headers.IPV6;
        to.set(Headers.INT, nd, type << 24);
        to.set(Headers.INT, nd + ND_FLAGS, flags);
        FrameWriter.copy(target, to, nd + ND_TARGET);
        to.set(Headers.BYTE, nd + ND, type == SOLICITATION ? SOURCE_OPTION : TARGET_OPTION);
        to.set(Headers.BYTE, nd + ND + 1, (byte) 1);
        FrameWriter.copy(mac.bytes(), to, nd + ND + 2);
        to.set(Headers.SHORT, nd + ND_CHECKSUM, (short) Checksum.field(ndSum(to, at, length)));
        return Headers.IPV6 + length;
    }

    /** Fills up to the shortest frame that Ethernet has, tags not counted so that one without them is long enough. */
    static int pad(MemorySegment to, long at, int length, int tagsLength) {
        int padded = Math.max(length, Headers.SHORTEST + tagsLength);
        for (int i = length; i < padded; i++) {
            to.set(Headers.BYTE, at + i, (byte) 0);
        }
        return padded;
    }

    /** Whether there is ARP between Ethernet and IPv4 with this operation; all of its 28 bytes are in bounds then. */
    static boolean isArp(MemorySegment memory, long at, int network, int length, int operation) {
        return Headers.etherType(memory, at, network) == Headers.TYPE_ARP
                && length >= network + ARP
                && memory.get(Headers.INT, at + network) == ARP_TYPES
                && memory.get(Headers.SHORT, at + network + Integer.BYTES) == ARP_LENGTHS
                && memory.get(Headers.SHORT, at + network + ARP_OPERATION) == operation;
    }

    /**
     * Whether there is a valid message of Neighbor Discovery (RFC 4861, sections 7.1.1 and 7.1.2): from the link itself, which the hop
     * limit proves, with a right checksum, code 0, and options that end where the message ends.
     */
    static boolean isNd(MemorySegment memory, long at, int network, int length, int type) {
        long ip = at + network;
        if (Headers.etherType(memory, at, network) != Headers.TYPE_IPV6 || length < network + Headers.IPV6 + ND) {
            return false;
        }
        // Both headers are in bounds, and after the first comparison the whole message.
        int payload = memory.get(Headers.SHORT, ip + Headers.IPV6_LENGTH) & 0xFFFF;
        return payload >= ND
                && network + Headers.IPV6 + payload <= length
                && memory.get(Headers.BYTE, ip) >> 4 == 6
                && memory.get(Headers.BYTE, ip + Headers.IPV6_NEXT_HEADER) == Headers.PROTOCOL_ICMPV6
                && memory.get(Headers.BYTE, ip + Headers.IPV6_HOP_LIMIT) == (byte) ND_HOP_LIMIT
                && memory.get(Headers.SHORT, ip + Headers.IPV6) == (short) (type << Byte.SIZE)
                && Checksum.fold(ndSum(memory, ip, payload)) == Checksum.RIGHT
                && option(memory, ip + Headers.IPV6, payload, (byte) 0) >= 0;
    }

    /**
     * Looks through the options of a message of which {@code length} bytes are in bounds.
     *
     * @return the offset of the option's MAC address in the message, 0 when there is none, -1 when the options are malformed
     */
    static int option(MemorySegment memory, long nd, int length, byte type) {
        int found = 0;
        int option = ND;
        while (option < length) {
            // At least type and length lie before the message's end, else the second condition ends the loop.
            int size = option + 2 <= length ? (memory.get(Headers.BYTE, nd + option + 1) & 0xFF) * OPTION_UNIT : 0;
            if (size == 0 || option + size > length) {
                return -1;
            }
            if (memory.get(Headers.BYTE, nd + option) == type) {
                found = option + 2;
            }
            option += size;
        }
        return found;
    }

    /** The payload length of an IPv6 header. */
    static int payload(MemorySegment memory, long ip) {
        return memory.get(Headers.SHORT, ip + Headers.IPV6_LENGTH) & 0xFFFF;
    }

    /** Six bytes that the caller knows to be in bounds. */
    static MacAddress mac(MemorySegment memory, long at) {
        return new MacAddress((memory.get(Headers.SHORT, at) & 0xFFFFL) << Integer.SIZE
                | (memory.get(Headers.INT, at + Short.BYTES) & 0xFFFF_FFFFL));
    }

    /** Four or sixteen bytes that the caller knows to be in bounds. */
    static byte[] address(MemorySegment memory, long at, int length) {
        byte[] bytes = new byte[length];
        MemorySegment.copy(memory, Headers.BYTE, at, bytes, 0, length);
        return bytes;
    }

    /** Whether the address stands there. */
    static boolean isAt(MemorySegment memory, long at, byte[] address) {
        return MemorySegment.mismatch(
                        memory, at, at + address.length, MemorySegment.ofArray(address), 0, address.length)
                < 0;
    }

    static boolean isIpv4(InetAddress address) {
        return address instanceof Inet4Address;
    }

    /** Over pseudo header (RFC 8200, section 8.1) and message. */
    private static long ndSum(MemorySegment memory, long ip, int length) {
        return Checksum.sum(memory, ip + Headers.IPV6_SOURCE, 2 * 16 + length)
                + Checksum.word(Headers.PROTOCOL_ICMPV6)
                + Checksum.word(length);
    }
}
