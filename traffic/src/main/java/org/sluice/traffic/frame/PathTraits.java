package org.sluice.traffic.frame;

import java.lang.foreign.MemorySegment;
import org.sluice.linux.net.MacAddress;

/**
 * What a path makes of those parts of a frame that it may change and no checksum protects: source MAC address, VLAN tags and IPv6 hop
 * limit. Learned from the first whole frame of a stream. For one thread.
 */
final class PathTraits {
    /** Type and id of a tag; a device may set priority and drop eligible bit. */
    private static final int TAG_MASK = 0xFFFF_0FFF;

    private static final int UNKNOWN = -1;

    private final long givenSource;
    private long source;
    private int tagsLength;
    private int outerTag;
    private int innerTag;
    private int hopLimit;

    private PathTraits(long givenSource) {
        this.givenSource = givenSource;
        forget();
    }

    /** The source MAC address is given, the rest to be learned. */
    static PathTraits with(MacAddress source) {
        return new PathTraits(source.value());
    }

    /** All to be learned. */
    static PathTraits unknown() {
        return new PathTraits(UNKNOWN);
    }

    void learnSource(MacAddress address) {
        source = address.value();
    }

    void forget() {
        source = givenSource;
        tagsLength = UNKNOWN;
        outerTag = 0;
        innerTag = 0;
        hopLimit = 0;
    }

    /** Bytes of the tags, 0 as long as they are unknown. */
    int tagsLength() {
        return Math.max(0, tagsLength);
    }

    /**
     * Compares with the first whole frame; if this is it, learns from it.
     *
     * @param network offset of the network header, which is in bounds
     */
    boolean agree(MemorySegment memory, long at, int network, int hops) {
        long sourceHere = Headers.sourceMac(memory, at);
        if (sourceHere != source && source != UNKNOWN) {
            return false;
        }
        int tags = network - Headers.ETHERNET;
        int outer = tags > 0 ? memory.get(Headers.INT, at + Headers.ETHER_TYPE) & TAG_MASK : 0;
        int inner = tags > VlanTag.LENGTH
                ? memory.get(Headers.INT, at + Headers.ETHER_TYPE + VlanTag.LENGTH) & TAG_MASK
                : 0;
        if (tagsLength == UNKNOWN) {
            source = sourceHere;
            tagsLength = tags;
            outerTag = outer;
            innerTag = inner;
            hopLimit = hops;
            return true;
        }
        return tags == tagsLength && outer == outerTag && inner == innerTag && hops == hopLimit;
    }

    /** In how many bits the source MAC address differs, if it is known; the Ethernet header is in bounds. */
    int distance(MemorySegment memory, long at) {
        return source == UNKNOWN ? 0 : Long.bitCount(Headers.sourceMac(memory, at) ^ source);
    }
}
