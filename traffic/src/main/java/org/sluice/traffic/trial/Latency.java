package org.sluice.traffic.trial;

/**
 * How long frames took, from the time stamp taken right before a frame was handed to the kernel to its arrival at the receiver.
 * All times in nanoseconds.
 *
 * @param samples how many frames were measured
 * @param min smallest
 * @param mean arithmetic mean
 * @param p50 median
 * @param p90 90th percentile
 * @param p99 99th percentile
 * @param p999 99.9th percentile
 * @param max largest
 */
public record Latency(long samples, long min, double mean, long p50, long p90, long p99, long p999, long max) {
    /** Checks that there is a sample and a mean. */
    public Latency {
        if (samples <= 0) {
            throw new IllegalArgumentException("A latency of no frames is none.");
        }
        if (!Double.isFinite(mean)) {
            throw new IllegalArgumentException("A mean latency is a number; " + mean + " is not.");
        }
    }
}
