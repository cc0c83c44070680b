package org.sluice.traffic.search;

import static java.util.Objects.requireNonNull;

/**
 * How far apart two bounds may be for an answer: the Goal Width of RFC 9971 section 4.6.5.
 *
 * @param fraction above 0 and below 1
 * @param basis what it is a fraction of
 */
public record Width(double fraction, Basis basis) {
    /** What a width is a fraction of. */
    public enum Basis {
        /** The upper one of the two bounds: a relative difference, as RFC 9971 recommends. */
        UPPER_BOUND,
        /** The search's maximum load: the same number of frames per second everywhere. */
        MAX_LOAD
    }

    /** So much wider may two bounds be that were computed to be exactly one width apart. */
    private static final double ROUNDING = 1e-9;

    /** Checks the range. */
    public Width {
        if (!(fraction > 0 && fraction < 1)) {
            throw new IllegalArgumentException("The width is " + fraction + ": use more than 0 and less than 1.");
        }
        requireNonNull(basis, "basis is null");
    }

    /** A fraction of the upper bound. */
    public static Width relative(double fraction) {
        return new Width(fraction, Basis.UPPER_BOUND);
    }

    /** A fraction of the maximum load. */
    public static Width ofMaxLoad(double fraction) {
        return new Width(fraction, Basis.MAX_LOAD);
    }

    /** Whether the bounds are no further apart than this. */
    public boolean isReached(double lower, double upper, double maxLoad) {
        double whole = switch (basis) {
            case UPPER_BOUND -> upper;
            case MAX_LOAD -> maxLoad;
        };
        return upper - lower <= fraction * whole * (1 + ROUNDING);
    }

    /** How many of these widths lie between the bounds. */
    double between(double lower, double upper, double maxLoad) {
        return switch (basis) {
            case UPPER_BOUND -> Math.log(lower / upper) / Math.log1p(-fraction);
            case MAX_LOAD -> (upper - lower) / (fraction * maxLoad);
        };
    }

    /** The load that is so many widths below; it may be 0 or less. */
    double below(double load, double widths, double maxLoad) {
        return switch (basis) {
            case UPPER_BOUND -> load * Math.pow(1 - fraction, widths);
            case MAX_LOAD -> load - widths * fraction * maxLoad;
        };
    }

    /** The load that is so many widths above. */
    double above(double load, double widths, double maxLoad) {
        return below(load, -widths, maxLoad);
    }

    /** The load with as many widths below as above. */
    double middle(double lower, double upper) {
        return switch (basis) {
            case UPPER_BOUND -> Math.sqrt(lower * upper);
            case MAX_LOAD -> (lower + upper) / 2;
        };
    }
}
