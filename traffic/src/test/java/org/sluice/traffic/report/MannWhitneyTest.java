package org.sluice.traffic.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MannWhitneyTest {
    private static List<Double> of(double... values) {
        return DoubleStream.of(values).boxed().toList();
    }

    /** From begin, so many values in steps of 1. */
    private static List<Double> from(double begin, int count) {
        return IntStream.range(0, count).mapToObj(index -> begin + index).toList();
    }

    @Test
    void separateSamplesReachTheSmallestProbability() {
        assertThat(MannWhitney.probability(of(1, 2, 3), of(4, 5, 6))).isCloseTo(0.1, within(1e-12));
        assertThat(MannWhitney.probability(of(1, 2, 3, 4), of(5, 6, 7, 8))).isCloseTo(2.0 / 70, within(1e-12));
        assertThat(MannWhitney.probability(of(5, 6, 7, 8), of(1, 2, 3, 4))).isCloseTo(2.0 / 70, within(1e-12));
        // 2 of the 137,846,528,820 ways to choose 20 of 40.
        assertThat(MannWhitney.probability(from(0, 20), from(100, 20))).isCloseTo(2 / 137_846_528_820.0, within(1e-22));
        assertThat(MannWhitney.smallest(20, 20)).isCloseTo(2 / 137_846_528_820.0, within(1e-22));
    }

    @Test
    void equalSamplesAreNoDifference() {
        assertThat(MannWhitney.probability(of(5, 5, 5, 5), of(5, 5, 5, 5))).isEqualTo(1);
        assertThat(MannWhitney.probability(of(1, 2, 3, 4), of(1, 2, 3, 4))).isEqualTo(1);
        assertThat(MannWhitney.probability(from(0, 30), from(0, 30))).isCloseTo(1, within(1e-6));
        assertThat(MannWhitney.probability(Collections.nCopies(30, 1.0), Collections.nCopies(30, 1.0)))
                .isCloseTo(1, within(1e-6));
    }

    @Test
    void agreesWithCountingAllWaysOneByOneAlsoWithTies() {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            int first = 1 + random.nextInt(6);
            int second = 1 + random.nextInt(6);
            // Few different values make many ties.
            List<Double> one =
                    random.ints(first, 0, 5).mapToObj(value -> (double) value).toList();
            List<Double> other =
                    random.ints(second, 1, 7).mapToObj(value -> (double) value).toList();

            assertThat(MannWhitney.probability(one, other))
                    .as(one + " " + other)
                    .isCloseTo(counted(one, other), within(1e-12));
        }
    }

    @Test
    void approximatesLargeSamples() {
        // The exact value, counted apart from this program.
        assertThat(MannWhitney.probability(from(1, 25), from(6.5, 25))).isCloseTo(0.016_982_2, within(0.002));
    }

    @Test
    void knowsHowManyRepeatsAreNeeded() {
        assertThat(MannWhitney.needed(0.05)).isEqualTo(4);
        assertThat(MannWhitney.needed(0.01)).isEqualTo(5);
        assertThat(MannWhitney.smallest(3, 3)).isCloseTo(0.1, within(1e-12));
        assertThat(MannWhitney.smallest(3, 5)).isLessThan(0.05);
        assertThat(MannWhitney.smallest(1, 1)).isEqualTo(1);
    }

    @Test
    void cutsIntervalsAsThePrintedTablesDo() {
        assertThat(MannWhitney.leftOut(3, 3, 0.95)).isEqualTo(-1);
        assertThat(MannWhitney.leftOut(4, 4, 0.95)).isEqualTo(0);
        assertThat(MannWhitney.leftOut(5, 5, 0.95)).isEqualTo(2);
        assertThat(MannWhitney.leftOut(10, 10, 0.95)).isEqualTo(23);
        assertThat(MannWhitney.leftOut(20, 20, 0.95)).isEqualTo(127);
    }

    @Test
    void needsValues() {
        assertThatIllegalArgumentException().isThrownBy(() -> MannWhitney.probability(of(), of(1)));
    }

    @Test
    void estimatesTheRatioWithItsInterval() {
        HodgesLehmann found =
                HodgesLehmann.of(of(100, 101, 99, 100), of(200, 202, 198, 200)).orElseThrow();

        assertThat(found.ratio()).isCloseTo(2, within(0.01));
        assertThat(found.interval()).hasValueSatisfying(interval -> {
            assertThat(interval.low()).isCloseTo(198 / 101.0, within(1e-12));
            assertThat(interval.high()).isCloseTo(202 / 99.0, within(1e-12));
        });
        assertThat(HodgesLehmann.of(of(100), of(200)).orElseThrow().interval()).isEmpty();
        assertThat(HodgesLehmann.of(of(0, 1), of(2, 3))).isEmpty();
        assertThat(HodgesLehmann.of(of(), of(2, 3))).isEmpty();
        assertThat(HodgesLehmann.of(from(100, 30), from(100, 30)).orElseThrow().interval())
                .hasValueSatisfying(
                        interval -> assertThat(interval.low()).isLessThan(1).isPositive());
    }

    /** The share of all ways to deal the values out whose rank sum is at least as far from the mean. */
    private static double counted(List<Double> first, List<Double> second) {
        List<Double> all = new ArrayList<>(first);
        all.addAll(second);
        double mean = first.size() * (all.size() + 1) / 2.0;
        double observed = rankSum(all, (1 << first.size()) - 1);
        int ways = 0;
        int beyond = 0;
        for (int chosen = 0; chosen < 1 << all.size(); chosen++) {
            if (Integer.bitCount(chosen) == first.size()) {
                ways++;
                beyond += Math.abs(rankSum(all, chosen) - mean) >= Math.abs(observed - mean) - 1e-9 ? 1 : 0;
            }
        }
        return (double) beyond / ways;
    }

    private static double rankSum(List<Double> all, int chosen) {
        double sum = 0;
        for (int index = 0; index < all.size(); index++) {
            if ((chosen >> index & 1) == 1) {
                double value = all.get(index);
                long below = all.stream().filter(other -> other < value).count();
                long equal = all.stream().filter(other -> other == value).count();
                sum += below + (equal + 1) / 2.0;
            }
        }
        return sum;
    }
}
