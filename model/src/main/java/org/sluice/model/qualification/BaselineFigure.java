package org.sluice.model.qualification;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What is expected of a card with frames of one size.
 *
 * @param frameBytes size of the frames with their check sequence, 64 to 9,216 bytes
 * @param framesPerSecond throughput, frames/s, at least 1
 * @param p99LatencyNanos latency that 99 of 100 frames do not exceed, ns, at least 1
 */
public record BaselineFigure(
        @JsonProperty("frame_bytes") int frameBytes,
        @JsonProperty("frames_per_second") long framesPerSecond,
        @JsonProperty("p99_latency_ns") long p99LatencyNanos) {
    /**
     * @throws IllegalArgumentException with a sentence that names the member that is out of range
     */
    public BaselineFigure {
        MeasuredFigure.requireFrame(frameBytes);
        MeasuredFigure.require(framesPerSecond > 0, "frames_per_second", frameBytes, framesPerSecond, "1 or more");
        MeasuredFigure.require(p99LatencyNanos > 0, "p99_latency_ns", frameBytes, p99LatencyNanos, "1 or more");
    }
}
