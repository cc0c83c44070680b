package org.sluice.traffic.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * By how much the tester's latencies exceed those of a measurement inside its span, by trial. Whatever disturbs a machine between an outer stamp
 * and the inner one makes the outer span longer, never shorter. So no trial may fall below the inner measurement, and the
 * least disturbed one shows what the tester itself adds. One trial before them warms the program up and is never looked at.
 */
final class Excess {
    /** Trials to look at. */
    static final int TRIALS = 9;

    private static final Duration BOUND = Duration.ofNanos(5_000);

    /** Latencies are kept to three digits. */
    private static final double ROUNDING = 0.001;

    private final List<Long> values = new ArrayList<>();

    /**
     * Takes note of a trial.
     *
     * @param outer p50 that the tester found, in nanoseconds
     * @param inner p50 of the same frames inside
     * @param leastInner the same, as far as it is certain: what the outer span surely holds
     */
    void add(long outer, long inner, long leastInner) {
        assertThat((double) outer).isGreaterThanOrEqualTo(leastInner * (1 - ROUNDING));
        values.add(outer - inner);
    }

    /** The tester adds 5 µs at most. */
    void assertSmall() {
        assertThat(values).hasSize(TRIALS).anyMatch(value -> value <= BOUND.toNanos());
    }
}
