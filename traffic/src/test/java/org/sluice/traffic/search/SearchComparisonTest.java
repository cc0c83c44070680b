package org.sluice.traffic.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * MLRsearch against the binary search of RFC 2544: both to the same width and with the same final trial duration, on the same devices.
 * Time is that of the trials; the pauses between them are left out.
 */
class SearchComparisonTest {
    private static final SearchLimits LIMITS = SearchLimits.between(1_000, 1_488_095);
    private static final double NOISE = 0.01;

    @Test
    void takesHalfTheTimeForTheNonDropRateToTheSameRelativeWidth() throws InterruptedException {
        compare(Width.relative(0.005));
    }

    @Test
    void takesHalfTheTimeForTheNonDropRateToTheSameShareOfTheMaximum() throws InterruptedException {
        compare(Width.ofMaxLoad(0.005));
    }

    @Test
    void takesHalfTheTimeOfTwoBinarySearchesForNonAndPartialDropRate() throws InterruptedException {
        Width width = Width.relative(0.005);
        double together = 0;
        double apart = 0;
        for (Case each : cases()) {
            for (double lossRatio : new double[] {0, 0.005}) {
                SimulatedDevice device = each.device().get();
                BinarySearch.rfc2544()
                        .withWidth(width)
                        .withLossRatio(lossRatio)
                        .run(device, LIMITS, SearchListener.NONE);
                apart += device.seconds();
            }
            SimulatedDevice device = each.device().get();
            MultipleLossRatioSearch.nonAndPartialDropRate().run(device, LIMITS, SearchListener.NONE);
            together += device.seconds();
        }
        assertThat(together).isLessThanOrEqualTo(apart / 2);
    }

    private static void compare(Width width) throws InterruptedException {
        double multiple = 0;
        double binary = 0;
        for (Case each : cases()) {
            SimulatedDevice first = each.device().get();
            ThroughputResult halved = BinarySearch.rfc2544().withWidth(width).run(first, LIMITS, SearchListener.NONE);
            SimulatedDevice second = each.device().get();
            SearchGoal goal = SearchGoal.nonDropRate().withWidth(width);
            GoalResult found = new MultipleLossRatioSearch(List.of(goal))
                    .run(second, LIMITS, SearchListener.NONE)
                    .goal("NDR");
            assertThat(found).isInstanceOf(GoalResult.Regular.class);
            assertThat(halved.ending()).isEqualTo(Ending.FOUND);
            double answer = halved.bounds().lower().getAsDouble();
            double goalWidth = width.basis() == Width.Basis.MAX_LOAD
                    ? width.fraction() * LIMITS.maxLoad()
                    : width.fraction() * found.upperBound().getAsDouble();
            assertThat(found.lowerBound().getAsDouble())
                    .as(each.toString())
                    .isCloseTo(answer, within(goalWidth + each.spread()));
            multiple += second.seconds();
            binary += first.seconds();
        }
        assertThat(multiple).isLessThanOrEqualTo(binary / 2);
    }

    /**
     * A device, and how far apart two answers of the same search may be on it, because it is not the same device twice: nothing for
     * all but the noisy one.
     */
    private record Case(String kind, double capacity, double spread, Supplier<SimulatedDevice> device) {}

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        Random random = new Random(2544);
        for (int i = 0; i < 20; i++) {
            double capacity = 20_000 + random.nextDouble() * 1_400_000;
            cases.add(new Case("perfect", capacity, 0, () -> SimulatedDevice.perfect(capacity)));
            cases.add(new Case("collapsing", capacity, 0, () -> SimulatedDevice.collapsing(capacity, 0.7)));
            cases.add(new Case("buffering", capacity, 0, () -> SimulatedDevice.buffering(capacity, 4_096)));
            cases.add(new Case(
                    "noisy",
                    capacity,
                    capacity * NOISE * 3,
                    () -> SimulatedDevice.noisy(capacity, NOISE, new Random(9971))));
        }
        return cases;
    }
}
