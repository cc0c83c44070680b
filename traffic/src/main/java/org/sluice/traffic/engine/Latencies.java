package org.sluice.traffic.engine;

import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.sluice.traffic.trial.Latency;
import org.sluice.traffic.trial.Lateness;

/** Latencies of several streams or trials together, to three significant digits. For one thread. */
public final class Latencies {
    private static final long LONGEST = 100_000_000_000L;

    private final Histogram all = empty();

    /** A histogram for latencies of 1 ns to 100 s. */
    static Histogram empty() {
        return new Histogram(1, LONGEST, 3);
    }

    /** Brings a latency into the range of the histogram. */
    static long clamp(long nanoseconds) {
        return Math.clamp(nanoseconds, 1, LONGEST);
    }

    /** Adds all samples. */
    public void add(Histogram histogram) {
        all.add(histogram);
    }

    /** What they come to; absent without a sample. */
    public Optional<Latency> summary() {
        return summary(all);
    }

    static Optional<Latency> summary(Histogram histogram) {
        return histogram.getTotalCount() == 0
                ? Optional.empty()
                : Optional.of(new Latency(
                        histogram.getTotalCount(),
                        histogram.getMinValue(),
                        histogram.getMean(),
                        histogram.getValueAtPercentile(50),
                        histogram.getValueAtPercentile(90),
                        histogram.getValueAtPercentile(99),
                        histogram.getValueAtPercentile(99.9),
                        histogram.getMaxValue()));
    }

    /** How late a sender was, by the same kind of histogram. */
    static Lateness lateness(Histogram histogram) {
        return histogram.getTotalCount() == 0
                ? Lateness.NONE
                : new Lateness(
                        histogram.getValueAtPercentile(50),
                        histogram.getValueAtPercentile(99),
                        histogram.getValueAtPercentile(99.9),
                        histogram.getMaxValue());
    }
}
