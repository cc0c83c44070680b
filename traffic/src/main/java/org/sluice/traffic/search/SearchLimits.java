package org.sluice.traffic.search;

/**
 * Where a search may look and how long it may go on. The Min Load and Max Load of RFC 9971 section 4.6.9.
 *
 * @param minLoad smallest load to try in frames per second, above 0; large enough for one frame in the shortest trial
 * @param maxLoad largest load to try in frames per second, at least {@code minLoad}: the line rate, or what the tester can send
 * @param maxTrials how many trials there may be in all, repeats included, at least 1
 * @param repeats how often a trial is repeated in which the tester was the limit, before its load counts as beyond the tester; 0
 *     or more
 */
public record SearchLimits(double minLoad, double maxLoad, int maxTrials, int repeats) {
    private static final int MAX_TRIALS = 1_000;
    private static final int REPEATS = 2;

    /** Checks the ranges. */
    public SearchLimits {
        Loads.requirePositive("minimum load", minLoad);
        Loads.requirePositive("maximum load", maxLoad);
        if (minLoad > maxLoad) {
            throw new IllegalArgumentException("The minimum load " + minLoad + " is above the maximum load " + maxLoad
                    + ": use one that is not larger.");
        }
        if (maxTrials < 1) {
            throw new IllegalArgumentException("A search of " + maxTrials + " trials finds nothing: allow at least 1.");
        }
        if (repeats < 0) {
            throw new IllegalArgumentException("A trial cannot be repeated " + repeats + " times: use 0 or more.");
        }
    }

    /** Limits with 1,000 trials at most, and 2 repeats of a trial in which the tester was the limit. */
    public static SearchLimits between(double minLoad, double maxLoad) {
        return new SearchLimits(minLoad, maxLoad, MAX_TRIALS, REPEATS);
    }

    /** The same with another number of trials. */
    public SearchLimits withMaxTrials(int trials) {
        return new SearchLimits(minLoad, maxLoad, trials, repeats);
    }

    /** The same with another number of repeats. */
    public SearchLimits withRepeats(int number) {
        return new SearchLimits(minLoad, maxLoad, maxTrials, number);
    }

    /** The load itself, or the nearest that is allowed. */
    double clamp(double load) {
        return Math.clamp(load, minLoad, maxLoad);
    }
}
