package org.sluice.traffic.check;

/** How many of a number of independent trials succeed: where nearly all of the distribution lies. */
final class Binomial {
    private Binomial() {}

    /** The smallest count that is not improbably low: fewer have a probability below the one given. */
    static long lowest(int trials, double share, double probability) {
        double below = 0;
        for (int count = 0; count <= trials; count++) {
            below += probability(trials, count, share);
            if (below >= probability) {
                return count;
            }
        }
        return trials;
    }

    /** The largest count that is not improbably high. */
    static long highest(int trials, double share, double probability) {
        return trials - lowest(trials, 1 - share, probability);
    }

    private static double probability(int trials, int count, double share) {
        double logarithm = count * Math.log(share) + (trials - count) * Math.log1p(-share);
        for (int i = 1; i <= count; i++) {
            logarithm += Math.log((double) (trials - count + i) / i);
        }
        return Math.exp(logarithm);
    }
}
