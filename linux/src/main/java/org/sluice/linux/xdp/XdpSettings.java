package org.sluice.linux.xdp;

import static java.util.Objects.requireNonNull;

/**
 * How much memory a socket shares with the kernel, and how it is divided.
 *
 * <p>Each side has as many ring entries as it has frames, so no ring can ever be full for want of entries. A socket that only sends
 * has no receive frames, and the other way round.
 *
 * @param frameSize bytes set aside for each frame: 2,048 or 4,096. A sent frame may fill it; a received one has 256 bytes less
 *     (XDP_PACKET_HEADROOM)
 * @param transmitSlots how many frames to send from: a power of two from 64 to 65,536, or 0 for none
 * @param receiveFrames how many frames to receive into, which is what a burst may bring while nobody takes frames out: a power of two
 *     from 64 to 65,536, or 0 for none
 * @param copyMode whether to copy
 */
public record XdpSettings(int frameSize, int transmitSlots, int receiveFrames, CopyMode copyMode) {
    /** The most frames of one side. */
    public static final int MOST_FRAMES = 65_536;

    /** The fewest frames of a side that has any. */
    public static final int LEAST_FRAMES = 64;

    private static final int SMALL_FRAME = 2048;
    private static final int LARGE_FRAME = 4096;

    /** Checks the ranges. */
    public XdpSettings {
        requireNonNull(copyMode, "copyMode is null");
        if (frameSize != SMALL_FRAME && frameSize != LARGE_FRAME) {
            throw new IllegalArgumentException(
                    "Frames of an AF_XDP socket have 2,048 or 4,096 bytes; " + frameSize + " is neither.");
        }
        check(transmitSlots, "transmit slots");
        check(receiveFrames, "receive frames");
        if (transmitSlots == 0 && receiveFrames == 0) {
            throw new IllegalArgumentException("An AF_XDP socket needs transmit slots or receive frames.");
        }
    }

    /** For a socket that only sends. */
    public static XdpSettings transmitting(int frameSize, int slots, CopyMode copyMode) {
        return new XdpSettings(frameSize, slots, 0, copyMode);
    }

    /** For a socket that only receives. */
    public static XdpSettings receiving(int frameSize, int frames, CopyMode copyMode) {
        return new XdpSettings(frameSize, 0, frames, copyMode);
    }

    /** The longest frame, from the MAC addresses to the payload's end, that can be received whole. */
    public int longestReceivedFrame() {
        return frameSize - IfXdp.XDP_PACKET_HEADROOM;
    }

    /** Bytes of shared memory. */
    long memory() {
        return (long) frameSize * (transmitSlots + receiveFrames);
    }

    /** Where the receive frames begin, in bytes. */
    long receiveOffset() {
        return (long) frameSize * transmitSlots;
    }

    private static void check(int frames, String what) {
        if (frames != 0 && (frames < LEAST_FRAMES || frames > MOST_FRAMES || Integer.bitCount(frames) != 1)) {
            throw new IllegalArgumentException(
                    "The number of " + what + " is 0 or a power of two from 64 to 65,536; " + frames + " is not.");
        }
    }
}
