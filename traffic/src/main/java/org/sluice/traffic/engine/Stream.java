package org.sluice.traffic.engine;

import static java.util.Objects.requireNonNull;

import org.sluice.traffic.frame.FrameSpec;

/**
 * Frames of one kind from one interface to another.
 *
 * @param transmit where they are sent
 * @param receive where they should arrive
 * @param frames what they look like
 * @param device what the path does with them
 */
public record Stream(PortName transmit, PortName receive, FrameSpec frames, Device device) {
    /** What is between the two interfaces, as far as it shows in a frame. */
    public enum Device {
        /** A wire or a bridge: frames arrive as they were sent. */
        BRIDGE,
        /** A router: it puts its own addresses. */
        ROUTER
    }

    /** Checks for null. */
    public Stream {
        requireNonNull(transmit, "transmit is null");
        requireNonNull(receive, "receive is null");
        requireNonNull(frames, "frames is null");
        requireNonNull(device, "device is null");
    }

    /** The same kind of frames the other way. */
    public Stream reversed() {
        return new Stream(/* transmit= */ receive, /* receive= */ transmit, frames.reversed(), device);
    }

    @Override
    public String toString() {
        return transmit + " > " + receive;
    }
}
