package org.sluice.model.qualification;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What a card reached with frames of one size.
 *
 * @param frameBytes size of the frames with their check sequence, {@value #SMALLEST_FRAME} to {@value #LARGEST_FRAME} bytes
 *     (RFC 2544, section 9, and jumbo frames)
 * @param framesPerSecond throughput: the highest rate that the search accepted, frames/s
 * @param p50LatencyNanos median latency at a rate the card sustained, ns
 * @param p99LatencyNanos latency that 99 of 100 frames did not exceed, ns; not below the median
 * @param lossRatio share of the frames that were lost at the throughput, 0 to 1
 * @param testerLimited whether the tester was the limit and not the card, so that the throughput is a lower bound
 */
public record MeasuredFigure(
        @JsonProperty("frame_bytes") int frameBytes,
        @JsonProperty("frames_per_second") long framesPerSecond,
        @JsonProperty("p50_latency_ns") long p50LatencyNanos,
        @JsonProperty("p99_latency_ns") long p99LatencyNanos,
        @JsonProperty("loss_ratio") double lossRatio,
        @JsonProperty("tester_limited") boolean testerLimited) {
    /** The smallest frame of Ethernet (IEEE 802.3, 4A.4.2). */
    public static final int SMALLEST_FRAME = 64;

    /** The largest frame that testers send. */
    public static final int LARGEST_FRAME = 9_216;

    /**
     * @throws IllegalArgumentException with a sentence that names the member that is out of range
     */
    public MeasuredFigure {
        requireFrame(frameBytes);
        require(framesPerSecond >= 0, "frames_per_second", frameBytes, framesPerSecond, "0 or more");
        require(p50LatencyNanos >= 0, "p50_latency_ns", frameBytes, p50LatencyNanos, "0 or more");
        require(
                p99LatencyNanos >= p50LatencyNanos,
                "p99_latency_ns",
                frameBytes,
                p99LatencyNanos,
                "at least p50_latency_ns, which is " + p50LatencyNanos);
        require(lossRatio >= 0 && lossRatio <= 1, "loss_ratio", frameBytes, lossRatio, "0 to 1");
    }

    static void requireFrame(int frameBytes) {
        if (frameBytes < SMALLEST_FRAME || frameBytes > LARGEST_FRAME) {
            throw new IllegalArgumentException("Member 'frame_bytes' is %d and must be %d to %d."
                    .formatted(frameBytes, SMALLEST_FRAME, LARGEST_FRAME));
        }
    }

    static void require(boolean holds, String member, int frameBytes, Number value, String wanted) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "Member '%s' at %d bytes is %s and must be %s.".formatted(member, frameBytes, value, wanted));
        }
    }
}
