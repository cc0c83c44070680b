package org.sluice.traffic.frame;

import static java.util.Objects.requireNonNull;

import java.lang.foreign.MemorySegment;
import org.sluice.linux.net.MacAddress;

/**
 * Tells the frames of one stream from everything else that a port receives, and whole ones from corrupted ones. Allocates nothing
 * after construction. For one thread.
 *
 * <p>The device under test may be a bridge, which changes nothing, or a router, which changes MAC addresses, time to live and DSCP
 * and brings the IPv4 checksum up to date. Either may add, take off or change VLAN tags, and the kernel may have moved the outer tag
 * out of the frame. What the path makes of source MAC address, tags and IPv6 hop limit is learned from the first whole frame; a
 * frame that differs in them later was damaged. Where several streams end at one port, {@link PortReader} decides whose reader a frame
 * is for.
 *
 * <ul>
 *   <li>{@link #WHOLE}: right in all of this.
 *   <li>{@link #CORRUPTED}: ours, because the magic of the {@link Signature} is at its place, or because destination address and
 *       destination UDP port are ours; and a checksum (IPv4 header, UDP), a length, the EtherType or what was learned is wrong, or
 *       the size is none of the mix.
 *   <li>{@link #FOREIGN}: anything else, which includes intact datagrams without the magic, to another address or port, or to
 *       another station's MAC address, which a bridge that floods shows to everyone
 * </ul>
 *
 * <p>One flipped bit, in the bytes of an IPv4 frame without its tags, always gives CORRUPTED: the MAC addresses by comparison
 * (another station's differs from ours in more than one bit, or is the router's in a frame that has not been there yet), the
 * EtherType because the magic is found where it would be with a right one, the IP header by its checksum and all from the
 * addresses on by the UDP checksum. Exceptions, where nothing in the frame would show the damage:
 *
 * <ul>
 *   <li>the source MAC address, the VLAN id and the IPv6 hop limit of the frame that they are learned from: WHOLE
 *   <li>priority and drop eligible bit of a tag, and the six DSCP bits of IPv6, which the device may set: WHOLE
 * </ul>
 *
 * <p>More than one flipped bit can pass a checksum of 16 bits, with a probability of about 1 in 65,536; interfaces drop frames whose
 * frame check sequence is wrong, so what is seen here was damaged inside a device.
 */
public final class FrameReader {
    /** One of ours as it should be. */
    public static final int WHOLE = 0;

    /** One of ours, damaged. */
    public static final int CORRUPTED = 1;

    /** None of ours. */
    public static final int FOREIGN = 2;

    private final Datagram datagram;
    private final int type;
    /** From the start of the IP header to the signature. */
    private final int signatureOffset;

    private final int shortest;
    private final boolean[] udpLengths;
    private final PathTraits traits;
    private final long destination;
    private final long own;
    private final long sentFrom;
    private final long sentTo;

    private long first;
    private long second;
    private int header;

    private FrameReader(FrameSpec spec, FrameMix mix, MacAddress destination, MacAddress own, PathTraits traits) {
        this.datagram = Datagram.of(requireNonNull(spec, "spec is null"));
        this.type = spec.isIpv4() ? Headers.TYPE_IPV4 : Headers.TYPE_IPV6;
        this.signatureOffset = datagram.headerLength() + Headers.UDP;
        this.shortest = Headers.ETHERNET + signatureOffset + Signature.LENGTH;
        // One for every value that an intact length field can have: no index is out of bounds.
        this.udpLengths = new boolean[1 << Short.SIZE];
        for (FrameSize size : requireNonNull(mix, "mix is null").cycle()) {
            int udp = size.onWire() - spec.headerLength() + Headers.UDP;
            if (udp < Headers.UDP + Signature.LENGTH) {
                throw new IllegalArgumentException("Frames of " + size
                        + " bytes have no room for headers and signature: use at least " + FrameSize.minimum(spec)
                        + " bytes.");
            }
            udpLengths[udp] = true;
        }
        this.destination = requireNonNull(destination, "destination is null").value();
        this.own = requireNonNull(own, "own is null").value();
        this.sentFrom = spec.sourceMac().value();
        this.sentTo = spec.destinationMac().value();
        this.traits = traits;
    }

    /** For a device that leaves the MAC addresses as they are, and a receiver that has the address the frames are sent to. */
    public static FrameReader bridged(FrameSpec spec, FrameMix mix) {
        return bridged(spec, mix, spec.destinationMac());
    }

    /**
     * For a device that leaves the MAC addresses as they are.
     *
     * @param receiver of the receiving port: a frame to it is changed, not another station's, when it was sent to another address
     */
    public static FrameReader bridged(FrameSpec spec, FrameMix mix, MacAddress receiver) {
        return new FrameReader(spec, mix, spec.destinationMac(), receiver, PathTraits.with(spec.sourceMac()));
    }

    /**
     * For a device that puts its own MAC address for the source, which is learned, and the receiver's for the destination.
     *
     * @param receiver of the receiving port
     */
    public static FrameReader routed(FrameSpec spec, FrameMix mix, MacAddress receiver) {
        return new FrameReader(spec, mix, receiver, receiver, PathTraits.unknown());
    }

    /** Says which source MAC address is right, instead of learning it. */
    public void learnSource(MacAddress address) {
        traits.learnSource(address);
    }

    /** Forgets what was learned, as for the time after a device's reset. */
    public void forget() {
        traits.forget();
    }

    /**
     * Judges a frame.
     *
     * @param at where its destination MAC address starts
     * @param length its bytes without frame check sequence, all of which are in memory: the caller's duty
     * @return {@link #WHOLE}, {@link #CORRUPTED} or {@link #FOREIGN}
     */
    public int classify(MemorySegment memory, long at, int length) {
        first = 0;
        second = 0;
        if (length < shortest) {
            return damaged(memory, at, length);
        }
        // The shortest of our frames has 60 bytes, the longest Ethernet header 22.
        int network = Headers.networkOffset(memory, at);
        int signature = network + signatureOffset;
        if (Headers.etherType(memory, at, network) != type || length < signature + Signature.LENGTH) {
            return damaged(memory, at, length);
        }
        // Checked: the signature ends at or before the frame's end, and the IP header stands before it.
        long firstWord = memory.get(Headers.LONG, at + signature);
        boolean intact = datagram.isIntact(memory, at + network, length - network);
        if ((int) (firstWord >>> 32) != Signature.MAGIC) {
            return intact ? FOREIGN : damaged(memory, at, length);
        }
        first = firstWord;
        second = memory.get(Headers.LONG, at + signature + Signature.SECOND);
        if (!intact || !Signature.isIntact(memory, at + signature)) {
            return CORRUPTED;
        }
        if (!datagram.isToUs(memory, at + network) || isToAnotherStation(memory, at)) {
            return FOREIGN;
        }
        if (!udpLengths[length - network - datagram.headerLength()]
                || Headers.destinationMac(memory, at) != destination
                || !traits.agree(memory, at, network, datagram.unprotectedHopLimit(memory, at + network))) {
            return CORRUPTED;
        }
        header = signature;
        return WHOLE;
    }

    /** Bytes before the signature of the last whole frame. */
    int header() {
        return header;
    }

    /** Trial of the last classified frame, 0 to 255. What a corrupted frame says may itself be damaged, or 0. */
    public int epoch() {
        return Signature.epoch(first);
    }

    /** Stream of the last classified frame, 0 to 255. */
    public int stream() {
        return Signature.stream(first);
    }

    /** Sequence number of the last classified frame, 0 to 2^32 - 1. */
    public long sequence() {
        return Signature.sequence(first, second);
    }

    /** Stamp of the last classified frame, 0 to 2^48 - 1; 0 for none. */
    public long stamp() {
        return Signature.stamp(second);
    }

    /**
     * In how many bits a damaged frame differs from one of this stream in MAC addresses, IP addresses and destination port, and, which
     * weighs less, in the number of the stream: a sixteenth of a bit each. The largest value for a frame that is too short to tell.
     */
    int distance(MemorySegment memory, long at, int length, int stream) {
        int network = Headers.ETHERNET + traits.tagsLength();
        int signature = network + signatureOffset;
        // All that is looked at lies before the second word of the signature.
        if (length < signature + Long.BYTES) {
            return Integer.MAX_VALUE;
        }
        int headers = Long.bitCount(Headers.destinationMac(memory, at) ^ destination)
                + traits.distance(memory, at)
                + datagram.distance(memory, at + network);
        return headers * 16 + Integer.bitCount(Signature.stream(memory, at + signature) ^ stream);
    }

    /** One that no single flipped bit makes of ours: a bridge floods, or shows what is on its way to the router. */
    private boolean isToAnotherStation(MemorySegment memory, long at) {
        long to = Headers.destinationMac(memory, at);
        if (to == destination || to == own) {
            return false;
        }
        return Long.bitCount(to ^ destination) > 1 || (to == sentTo && Headers.sourceMac(memory, at) == sentFrom);
    }

    /** For a frame whose headers do not lead to a signature: looks where ours would be with no, one and two tags. */
    private int damaged(MemorySegment memory, long at, int length) {
        for (int tags = 0; tags <= Headers.MAXIMUM_TAGS; tags++) {
            int network = Headers.ETHERNET + tags * VlanTag.LENGTH;
            int signature = network + signatureOffset;
            // Each look stays below length: the magic has four bytes, and address and port lie before the signature.
            boolean marked = length >= signature + Integer.BYTES && Signature.isPresent(memory, at + signature);
            if (marked || (length >= signature && datagram.isToUs(memory, at + network))) {
                return CORRUPTED;
            }
        }
        return FOREIGN;
    }
}
