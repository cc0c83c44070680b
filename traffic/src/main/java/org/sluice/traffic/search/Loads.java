package org.sluice.traffic.search;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** Checks and conversions of loads, ratios and durations. */
final class Loads {
    private static final double NANOS_PER_SECOND = 1e9;

    private Loads() {}

    static double seconds(Duration duration) {
        return duration.toNanos() / NANOS_PER_SECOND;
    }

    static void requirePositive(String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("The " + name + " is " + value + ": use a finite number above 0.");
        }
    }

    static void requirePositive(String name, Duration value) {
        if (!requireNonNull(value, name + " is null").isPositive()) {
            throw new IllegalArgumentException("The " + name + " is " + value + ": use one above zero.");
        }
    }

    /** A share that is at least 0 and below 1, as RFC 9971 has it of all its ratios. */
    static void requireRatio(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException("The " + name + " is " + value + ": use 0 or more, and less than 1.");
        }
    }
}
