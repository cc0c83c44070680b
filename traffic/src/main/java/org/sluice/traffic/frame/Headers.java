package org.sluice.traffic.frame;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Where things are in Ethernet (IEEE 802.3), IPv4 (RFC 791), IPv6 (RFC 8200) and UDP (RFC 768) headers. */
final class Headers {
    /** Frames stand anywhere in a ring, and their fields anywhere in a frame: nothing is aligned. */
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    static final int ETHERNET = 14;
    static final int ETHER_SOURCE = 6;
    static final int ETHER_TYPE = 12;
    static final int FRAME_CHECK_SEQUENCE = 4;
    /** The shortest frame without its check sequence. */
    static final int SHORTEST = 60;
    /** An Ethernet header with two tags. */
    static final int LONGEST_ETHERNET = 22;

    static final int TYPE_IPV4 = 0x0800;
    static final int TYPE_ARP = 0x0806;
    static final int TYPE_IPV6 = 0x86DD;
    static final int TYPE_DOT1Q = 0x8100;
    static final int TYPE_DOT1AD = 0x88A8;
    static final int MAXIMUM_TAGS = 2;
    static final int PRIORITY_SHIFT = 13;

    static final int IPV4 = 20;
    static final int IPV4_LENGTH = 2;
    static final int IPV4_FRAGMENT = 6;
    static final int IPV4_TIME_TO_LIVE = 8;
    static final int IPV4_PROTOCOL = 9;
    static final int IPV4_CHECKSUM = 10;
    static final int IPV4_SOURCE = 12;
    static final int IPV4_DESTINATION = 16;
    /** Version 4 and a header of five words: no options. */
    static final int IPV4_FIRST = 0x45;

    static final int IPV4_DO_NOT_FRAGMENT = 0x4000;

    static final int IPV6 = 40;
    static final int IPV6_LENGTH = 4;
    static final int IPV6_NEXT_HEADER = 6;
    static final int IPV6_HOP_LIMIT = 7;
    static final int IPV6_SOURCE = 8;
    static final int IPV6_DESTINATION = 24;

    static final int PROTOCOL_UDP = 17;
    static final int PROTOCOL_ICMPV6 = 58;

    static final int UDP = 8;
    static final int UDP_DESTINATION = 2;
    static final int UDP_LENGTH = 4;
    static final int UDP_CHECKSUM = 6;

    private Headers() {}

    /** Of a frame with at least its Ethernet header in bounds. */
    static long destinationMac(MemorySegment memory, long at) {
        return memory.get(LONG, at) >>> Short.SIZE;
    }

    /** Of a frame with at least its Ethernet header in bounds. */
    static long sourceMac(MemorySegment memory, long at) {
        return (memory.get(SHORT, at + ETHER_SOURCE) & 0xFFFFL) << Integer.SIZE
                | (memory.get(INT, at + Long.BYTES) & 0xFFFF_FFFFL);
    }

    /**
     * Where what follows Ethernet header and tags starts; its EtherType stands in the two bytes before that.
     *
     * @param at where a frame starts of which at least 22 bytes are in bounds, the longest header there is: the caller's duty
     */
    static int networkOffset(MemorySegment memory, long at) {
        int network = ETHERNET;
        while (network < ETHERNET + MAXIMUM_TAGS * VlanTag.LENGTH && isTag(etherType(memory, at, network))) {
            network += VlanTag.LENGTH;
        }
        return network;
    }

    /** The EtherType before a network header. */
    static int etherType(MemorySegment memory, long at, int network) {
        return memory.get(SHORT, at + network - Short.BYTES) & 0xFFFF;
    }

    private static boolean isTag(int etherType) {
        return etherType == TYPE_DOT1Q || etherType == TYPE_DOT1AD;
    }
}
