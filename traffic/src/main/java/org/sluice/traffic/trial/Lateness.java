package org.sluice.traffic.trial;

/**
 * How much later than planned frames were handed to the kernel: the sender's own error. All times in nanoseconds.
 *
 * @param p50 median
 * @param p99 99th percentile
 * @param p999 99.9th percentile
 * @param max largest
 */
public record Lateness(long p50, long p99, long p999, long max) {
    /** Of a sender that had no plan. */
    public static final Lateness NONE = new Lateness(0, 0, 0, 0);
}
