package org.sluice.traffic.search;

import static java.util.Objects.requireNonNull;

import java.util.OptionalDouble;

/**
 * What a search knows of one goal: the current relevant bounds of RFC 9971 section 4.8, in frames per second.
 *
 * @param lower largest load that held, below {@code upper} and {@code testerLimit}
 * @param upper smallest load at which the device failed
 * @param testerLimit smallest load at which the tester was the limit
 */
public record Bounds(OptionalDouble lower, OptionalDouble upper, OptionalDouble testerLimit) {
    /** Nothing known. */
    public static final Bounds UNKNOWN =
            new Bounds(OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty());

    /** Checks for null, and the order. */
    public Bounds {
        requireNonNull(lower, "lower is null");
        requireNonNull(upper, "upper is null");
        requireNonNull(testerLimit, "testerLimit is null");
        double end = Math.min(orInfinity(upper), orInfinity(testerLimit));
        if (lower.isPresent() && lower.getAsDouble() >= end) {
            throw new IllegalArgumentException(
                    "The lower bound " + lower.getAsDouble() + " is not below " + end + ", where it has to end.");
        }
    }

    /** The end of the interval to look in: the smaller one of the upper bound and the tester's limit. */
    public OptionalDouble end() {
        double end = Math.min(orInfinity(upper), orInfinity(testerLimit));
        return Double.isInfinite(end) ? OptionalDouble.empty() : OptionalDouble.of(end);
    }

    /** Whether the tester, and not the device, ends the interval. */
    public boolean isTesterLimited() {
        return orInfinity(testerLimit) < orInfinity(upper);
    }

    /** Whether the load is strictly inside of the interval. */
    boolean contains(double load) {
        return load > lower.orElse(0) && load < end().orElse(Double.POSITIVE_INFINITY);
    }

    private static double orInfinity(OptionalDouble bound) {
        return bound.orElse(Double.POSITIVE_INFINITY);
    }
}
