package org.sluice.traffic.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The rank test of Mann and Whitney for two independent samples, two-sided. Up to {@value #EXACT} values each the distribution is
 * exact: that of the sum of the midranks over all ways to deal the values out, so that ties need no correction (they only make
 * small probabilities impossible, which errs towards "no difference"). Beyond it is the normal approximation with corrections
 * for ties and continuity.
 *
 * @see <a href="https://doi.org/10.1214/aoms/1177730491">Mann and Whitney 1947</a>
 */
final class MannWhitney {
    /** Samples of at most so many values are compared exactly. */
    static final int EXACT = 20;

    private MannWhitney() {}

    /**
     * How probable a difference at least this large is when both samples come from one distribution, 0 to 1.
     *
     * @param first at least one value
     * @param second at least one value
     */
    static double probability(List<Double> first, List<Double> second) {
        if (first.isEmpty() || second.isEmpty()) {
            throw new IllegalArgumentException("A rank test needs values on both sides.");
        }
        long[] doubled = doubledRanks(first, second);
        long sum = Arrays.stream(doubled, 0, first.size()).sum();
        return first.size() <= EXACT && second.size() <= EXACT
                ? exact(doubled, first.size(), sum)
                : approximate(doubled, first.size(), sum);
    }

    /** The smallest probability that samples of these sizes can reach, without ties: 2 of all ways to deal them out. */
    static double smallest(int first, int second) {
        double ways = 1;
        for (int index = 1; index <= first; index++) {
            ways = ways * (second + index) / index;
        }
        return Math.min(1, 2 / ways);
    }

    /** How many values each of two samples of the same size needs at least to reach a probability below the level. */
    static int needed(double level) {
        int size = 1;
        while (smallest(size, size) >= level) {
            size++;
        }
        return size;
    }

    /**
     * How many of the sorted pairwise differences to leave out at each end for an interval that holds the shift with at least the
     * given confidence; -1 when the samples are too small for any. Exact for samples without ties, wider than needed with them.
     */
    static int leftOut(int first, int second, double confidence) {
        // Without ties the rank sum less its minimum is the U statistic; doubled ranks make it even.
        long[] doubled = new long[first + second];
        for (int index = 0; index < doubled.length; index++) {
            doubled[index] = 2L * (index + 1);
        }
        double[] ways = ways(doubled, first);
        double all = Arrays.stream(ways).sum();
        int least = first * (first + 1);
        double below = 0;
        int cut = -1;
        for (int u = 0; u <= first * second / 2; u++) {
            below += ways[least + 2 * u];
            if (below / all > (1 - confidence) / 2) {
                break;
            }
            cut = u;
        }
        return cut;
    }

    private static double exact(long[] doubled, int first, long sum) {
        double[] ways = ways(doubled, first);
        // The mean of the doubled rank sum is first * (n + 1), a whole number.
        long mean = (long) first * (doubled.length + 1);
        long distance = Math.abs(sum - mean);
        double all = 0;
        double beyond = 0;
        for (int possible = 0; possible < ways.length; possible++) {
            all += ways[possible];
            if (Math.abs(possible - mean) >= distance) {
                beyond += ways[possible];
            }
        }
        return Math.min(1, beyond / all);
    }

    /** For each sum of doubled ranks, in how many ways so many of them have that sum. Whole numbers below 2^53 up to 20 of 40. */
    private static double[] ways(long[] doubled, int chosen) {
        int largest = (int) Arrays.stream(doubled).sum();
        double[][] ways = new double[chosen + 1][largest + 1];
        ways[0][0] = 1;
        for (long rank : doubled) {
            for (int count = chosen; count >= 1; count--) {
                for (int sum = largest; sum >= rank; sum--) {
                    ways[count][sum] += ways[count - 1][sum - (int) rank];
                }
            }
        }
        return ways[chosen];
    }

    private static double approximate(long[] doubled, int first, long sum) {
        double total = doubled.length;
        double second = total - first;
        double ties = 0;
        long[] sorted = doubled.clone();
        Arrays.sort(sorted);
        for (int begin = 0; begin < sorted.length; ) {
            int end = begin;
            while (end < sorted.length && sorted[end] == sorted[begin]) {
                end++;
            }
            double tied = (double) end - begin;
            ties += tied * tied * tied - tied;
            begin = end;
        }
        double variance = first * second / 12 * (total + 1 - ties / (total * (total - 1)));
        if (variance <= 0) {
            return 1;
        }
        double distance = Math.max(0, Math.abs(sum / 2.0 - first * (total + 1) / 2) - 0.5);
        return Math.min(1, 2 * Normal.above(distance / Math.sqrt(variance)));
    }

    /** Twice the midrank of each value, those of the first sample first: whole numbers. */
    private static long[] doubledRanks(List<Double> first, List<Double> second) {
        List<Double> all = new ArrayList<>(first);
        all.addAll(second);
        double[] sorted = all.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        long[] ranks = new long[all.size()];
        for (int index = 0; index < ranks.length; index++) {
            double value = all.get(index);
            int below = 0;
            int upTo = 0;
            for (double other : sorted) {
                below += other < value ? 1 : 0;
                upTo += other <= value ? 1 : 0;
            }
            ranks[index] = below + 1L + upTo;
        }
        return ranks;
    }

    /** The standard normal distribution. */
    private static final class Normal {
        /** The probability of a value above x, for x of 0 or more; absolute error below 1.5e-7 (Abramowitz and Stegun 7.1.26). */
        static double above(double x) {
            double z = x / Math.sqrt(2);
            double t = 1 / (1 + 0.3275911 * z);
            double polynomial =
                    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
            return polynomial * Math.exp(-z * z) / 2;
        }
    }
}
