package org.sluice.traffic.engine;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How late frames may leave before a trial is doubted: a device that loses frames of a burst which was not planned did nothing wrong.
 *
 * @param p999 for all but one frame in a thousand
 * @param max for every frame
 */
public record LatenessBounds(Duration p999, Duration max) {
    /** What shared machines keep most of the time. */
    public static final LatenessBounds DEFAULT = new LatenessBounds(Duration.ofMillis(1), Duration.ofMillis(10));

    /** Checks that both are more than zero. */
    public LatenessBounds {
        if (!requireNonNull(p999, "p999 is null").isPositive()
                || !requireNonNull(max, "max is null").isPositive()) {
            throw new IllegalArgumentException("A bound on lateness is more than zero.");
        }
    }
}
