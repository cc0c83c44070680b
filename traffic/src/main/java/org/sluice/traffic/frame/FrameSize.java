package org.sluice.traffic.frame;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The size of a frame as RFC 2544 counts it: from the destination address to the end of the frame check sequence, with tags.
 *
 * @param bytes 64 to 9,216
 */
public record FrameSize(int bytes) implements Comparable<FrameSize> {
    /** The shortest Ethernet frame. */
    public static final int MINIMUM = 64;

    /** The longest that the tester sends. */
    public static final int MAXIMUM = 9216;

    /** RFC 2544, section 9.1: Ethernet. */
    public static final List<FrameSize> RFC_2544 = list(64, 128, 256, 512, 1024, 1280, 1518);

    /**
     * RFC 5180, section 5.1.1: IPv6 on Ethernet. 64 is in its list, but an IPv6 test frame needs 84 bytes; {@link #orMinimum}
     * makes it that.
     */
    public static final List<FrameSize> RFC_5180 =
            list(64, 128, 256, 512, 1024, 1280, 1518, 1522, 2048, 4096, 8192, 9216);

    /** The sizes of RFC 5180 that only a jumbo MTU carries. */
    public static final List<FrameSize> JUMBO = list(2048, 4096, 8192, 9216);

    /** Seven bytes of preamble, the start delimiter and the gap of twelve (IEEE 802.3, clause 4.4.2). */
    private static final int BETWEEN_FRAMES = 20;

    /** Checks the range. */
    public FrameSize {
        if (bytes < MINIMUM || bytes > MAXIMUM) {
            throw new IllegalArgumentException(
                    "The frame size " + bytes + " is out of range: use " + MINIMUM + " to " + MAXIMUM + " bytes.");
        }
    }

    /** The smallest frame with these headers and a signature: 64 bytes for untagged IPv4. */
    public static FrameSize minimum(FrameSpec spec) {
        return new FrameSize(spec.headerLength() + Signature.LENGTH + Headers.FRAME_CHECK_SEQUENCE);
    }

    /** This size, or the smallest for these headers if that is larger. */
    public FrameSize orMinimum(FrameSpec spec) {
        FrameSize minimum = minimum(spec);
        return minimum.bytes > bytes ? minimum : this;
    }

    /** Bytes handed to the kernel: all but the frame check sequence, which the interface adds. */
    public int onWire() {
        return bytes - Headers.FRAME_CHECK_SEQUENCE;
    }

    /**
     * The most frames a second that a medium can carry.
     *
     * @param bitsPerSecond its speed, more than zero
     */
    public double lineRate(long bitsPerSecond) {
        return lineRate(bitsPerSecond, bytes);
    }

    /** The same for a mean size. */
    static double lineRate(long bitsPerSecond, double bytes) {
        if (bitsPerSecond <= 0) {
            throw new IllegalArgumentException(
                    "The speed of a link is more than zero bit/s; " + bitsPerSecond + " is not.");
        }
        return bitsPerSecond / ((bytes + BETWEEN_FRAMES) * Byte.SIZE);
    }

    @Override
    public int compareTo(FrameSize other) {
        return Integer.compare(bytes, other.bytes);
    }

    /** The number. */
    @Override
    public String toString() {
        return Integer.toString(bytes);
    }

    private static List<FrameSize> list(int... sizes) {
        return IntStream.of(sizes).mapToObj(FrameSize::new).toList();
    }
}
