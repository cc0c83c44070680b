package org.sluice.traffic.report;

import java.util.List;
import java.util.Optional;

/**
 * By what factor a second sample differs from a first: the median of all pairwise ratios, with the interval that belongs to the
 * rank test.
 *
 * @param ratio second to first; more than 0
 * @param interval where the ratio is with 95 % confidence; absent when there are too few values for any
 * @see <a href="https://doi.org/10.1214/aoms/1177704172">Hodges and Lehmann 1963</a>
 */
record HodgesLehmann(double ratio, Optional<Interval> interval) {
    private static final double CONFIDENCE = 0.95;

    /** Both ends, the smaller first. */
    record Interval(double low, double high) {}

    /** Compares two samples; absent when one is empty or a value is not above 0, so that there is no ratio. */
    static Optional<HodgesLehmann> of(List<Double> first, List<Double> second) {
        if (first.isEmpty()
                || second.isEmpty()
                || first.stream().anyMatch(value -> value <= 0)
                || second.stream().anyMatch(value -> value <= 0)) {
            return Optional.empty();
        }
        List<Double> ratios = first.stream()
                .flatMap(before -> second.stream().map(after -> after / before))
                .sorted()
                .toList();
        // Larger samples are cut down to what the exact distribution can count: the interval only gets wider.
        int leftOut = MannWhitney.leftOut(
                Math.min(first.size(), MannWhitney.EXACT), Math.min(second.size(), MannWhitney.EXACT), CONFIDENCE);
        Optional<Interval> interval = leftOut < 0
                ? Optional.empty()
                : Optional.of(new Interval(ratios.get(leftOut), ratios.get(ratios.size() - 1 - leftOut)));
        return Optional.of(new HodgesLehmann(Figures.median(ratios), interval));
    }
}
