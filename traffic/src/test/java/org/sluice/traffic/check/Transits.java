package org.sluice.traffic.check;

import org.HdrHistogram.Histogram;

/**
 * How long frames took through an {@link Impairer}. When exactly a frame leaves is known to lie between the call and the return of
 * the sending system call; the middle of the two is taken.
 */
final class Transits {
    private static final long LONGEST = 10_000_000_000L;

    private final Histogram times = new Histogram(1, LONGEST, 4);
    private final Histogram shortest = new Histogram(1, LONGEST, 4);

    void add(long beforeSending, long afterSending) {
        times.recordValue(Math.clamp((beforeSending + afterSending) / 2, 1, LONGEST));
        shortest.recordValue(Math.clamp(beforeSending, 1, LONGEST));
    }

    /** Nanoseconds; the median of what is certain: until the sending system call began. A frame may leave at once, and the call still last. */
    long leastP50() {
        return shortest.getValueAtPercentile(50);
    }

    /** Nanoseconds; the median. */
    long p50() {
        return times.getValueAtPercentile(50);
    }

    long count() {
        return times.getTotalCount();
    }
}
