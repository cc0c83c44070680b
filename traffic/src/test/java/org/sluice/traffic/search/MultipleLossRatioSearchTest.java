package org.sluice.traffic.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MultipleLossRatioSearchTest {
    private static final SearchLimits LIMITS = SearchLimits.between(1_000, 1_000_000);
    private static final MultipleLossRatioSearch SEARCH = MultipleLossRatioSearch.nonAndPartialDropRate();

    @Test
    void findsBothRatesOfAPerfectDevice() throws InterruptedException {
        SearchResult result = SEARCH.run(SimulatedDevice.perfect(400_000), LIMITS, SearchListener.NONE);

        assertThat(result.goals()).allSatisfy(goal -> assertThat(goal).isInstanceOf(GoalResult.Regular.class));
        GoalResult ndr = result.goal("NDR");
        assertThat(ndr.lowerBound().getAsDouble()).isBetween(398_000.0, 400_001.0);
        assertThat(ndr.upperBound().getAsDouble()).isBetween(400_000.0, 402_010.0);
        double capacityWithLoss = 400_000 / 0.995;
        GoalResult pdr = result.goal("PDR");
        assertThat(pdr.lowerBound().getAsDouble()).isBetween(capacityWithLoss * 0.995, capacityWithLoss + 1);
        assertThat(pdr.upperBound().getAsDouble()).isBetween(capacityWithLoss, capacityWithLoss / 0.994);
        assertThat(result.goals()).noneMatch(GoalResult::testerLimited);
    }

    @Test
    void theNonDropRateIsTheThroughputOfRfc2544() throws InterruptedException {
        SearchResult result = SEARCH.run(SimulatedDevice.perfect(400_000), LIMITS, SearchListener.NONE);

        GoalResult ndr = result.goal("NDR");
        double lower = ndr.lowerBound().getAsDouble();
        assertThat(ndr.throughput()).hasValue(lower);
        assertThat(result.trials())
                .as("a trial of 60 seconds without loss at the lower bound")
                .anySatisfy(trial -> {
                    assertThat(trial.load()).isEqualTo(lower);
                    assertThat(trial.duration()).isEqualTo(Duration.ofSeconds(60));
                    assertThat(trial.lost()).isZero();
                });
    }

    @Test
    void theConditionalThroughputDoesNotExceedAHardLimit() throws InterruptedException {
        // RFC 9971 section 5.6.1: beyond a hard limit a load may hold by its loss ratio, but nothing more comes
        // through.
        GoalResult pdr = SEARCH.run(SimulatedDevice.perfect(400_000), LIMITS, SearchListener.NONE)
                .goal("PDR");

        assertThat(pdr.lowerBound().getAsDouble()).isGreaterThan(400_000);
        assertThat(pdr.throughput().getAsDouble()).isCloseTo(400_000, within(1.0));
    }

    @Test
    void beginsAtTheMaximumWithShortTrialsAndWhatCameThrough() throws InterruptedException {
        List<SearchState> states = new ArrayList<>();

        SEARCH.run(SimulatedDevice.perfect(400_000), LIMITS, states::add);

        Step first = states.getFirst().next().orElseThrow();
        assertThat(first.reason()).isEqualTo(Step.Reason.MAX_LOAD);
        assertThat(first.load()).isEqualTo(1_000_000);
        assertThat(first.duration()).isEqualTo(Duration.ofSeconds(1));
        Step second = states.get(1).next().orElseThrow();
        assertThat(second.reason()).isEqualTo(Step.Reason.FORWARDING_RATE);
        assertThat(second.load()).isBetween(398_000.0, 400_000.0);
    }

    @Test
    void onePassForBothGoalsIsQuickerThanTwo() throws InterruptedException {
        SimulatedDevice together = SimulatedDevice.collapsing(400_000, 0.8);
        SEARCH.run(together, LIMITS, SearchListener.NONE);
        double apart = 0;
        for (SearchGoal goal : List.of(SearchGoal.nonDropRate(), SearchGoal.partialDropRate())) {
            SimulatedDevice device = SimulatedDevice.collapsing(400_000, 0.8);
            new MultipleLossRatioSearch(List.of(goal)).run(device, LIMITS, SearchListener.NONE);
            apart += device.seconds();
        }

        assertThat(together.seconds()).isLessThan(apart * 0.6);
    }

    @Test
    void shortTrialsThatFlatterADeviceDoNotDecide() throws InterruptedException {
        // Its buffer of 30,000 frames takes 3,000 frames per second too many for 10 seconds, but not for 60.
        GoalResult ndr = SEARCH.run(SimulatedDevice.buffering(400_000, 30_000), LIMITS, SearchListener.NONE)
                .goal("NDR");

        assertThat(ndr).isInstanceOf(GoalResult.Regular.class);
        assertThat(ndr.lowerBound().getAsDouble()).isLessThanOrEqualTo(400_501);
        assertThat(ndr.upperBound().getAsDouble()).isGreaterThan(400_499);
    }

    @Test
    void aHighLossTrialInTheShortRunIsEnoughForAnUpperBoundButNotForALowerOne() throws InterruptedException {
        SearchResult result = SEARCH.run(SimulatedDevice.perfect(400_000), LIMITS, SearchListener.NONE);

        double upper = result.goal("NDR").upperBound().getAsDouble();
        assertThat(result.trials().stream().filter(trial -> trial.load() == upper && trial.lost() > 0))
                .anyMatch(trial -> trial.duration().compareTo(Duration.ofSeconds(60)) < 0);
    }

    @Test
    void anUpperBoundBelowALowerOneCounts() throws InterruptedException {
        // Loses a little just below its capacity, where the search looks first, and nothing between that and the
        // capacity.
        SimulatedDevice device = SimulatedDevice.nonMonotonic(400_000, 398_500, 399_500);

        SearchResult result = SEARCH.run(device, LIMITS, SearchListener.NONE);

        double lower = result.goal("NDR").lowerBound().getAsDouble();
        assertThat(device.trials().stream().filter(trial -> trial.load() <= lower))
                .isNotEmpty()
                .allSatisfy(trial -> assertThat(trial.lost()).isZero());
    }

    @Test
    void theLargestLoadThatHoldsIsAnIrregularResult() throws InterruptedException {
        SearchResult result = SEARCH.run(SimulatedDevice.perfect(2_000_000), LIMITS, SearchListener.NONE);

        assertThat(result.goals()).allSatisfy(goal -> {
            assertThat(goal).isInstanceOf(GoalResult.Irregular.class);
            assertThat(((GoalResult.Irregular) goal).reason()).isEqualTo(Ending.MAX_LOAD_PASSES);
            assertThat(goal.lowerBound()).hasValue(1_000_000);
            assertThat(goal.upperBound()).isEmpty();
            assertThat(goal.throughput()).hasValue(1_000_000);
        });
        assertThat(result.measured()).as("one second, eight, sixty").isLessThan(Duration.ofSeconds(70));
    }

    @Test
    void aDeviceThatAlwaysLosesHasNoLowerBound() throws InterruptedException {
        SearchResult result = SEARCH.run(
                SimulatedDevice.losing((load, seconds) -> load * seconds / 100), LIMITS, SearchListener.NONE);

        assertThat(result.goals()).allSatisfy(goal -> {
            assertThat(((GoalResult.Irregular) goal).reason()).isEqualTo(Ending.MIN_LOAD_FAILS);
            assertThat(goal.lowerBound()).isEmpty();
            assertThat(goal.upperBound()).hasValue(1_000);
            assertThat(goal.throughput()).isEmpty();
        });
        assertThat(result.measured()).isLessThan(Duration.ofMinutes(2));
    }

    @Test
    void aTinyLossLeavesThePartialDropRate() throws InterruptedException {
        SimulatedDevice.Loss oneInTenThousand = (load, seconds) ->
                Math.max(load * seconds / 10_000, SimulatedDevice.above(400_000).frames(load, seconds));

        SearchResult result = SEARCH.run(SimulatedDevice.losing(oneInTenThousand), LIMITS, SearchListener.NONE);

        assertThat(((GoalResult.Irregular) result.goal("NDR")).reason()).isEqualTo(Ending.MIN_LOAD_FAILS);
        assertThat(result.goal("PDR")).isInstanceOf(GoalResult.Regular.class);
        assertThat(result.goal("PDR").lowerBound().getAsDouble()).isCloseTo(402_000, within(2_100.0));
    }

    @Test
    void saysThatTheTesterWasTheLimit() throws InterruptedException {
        SimulatedDevice device = SimulatedDevice.perfect(800_000).behindTester(300_000);

        SearchResult result = SEARCH.run(device, LIMITS, SearchListener.NONE);

        assertThat(result.goals()).allSatisfy(goal -> {
            assertThat(((GoalResult.Irregular) goal).reason()).isEqualTo(Ending.TESTER_LIMITED);
            assertThat(goal.testerLimited()).isTrue();
            assertThat(goal.upperBound()).as("the device never failed").isEmpty();
            assertThat(goal.lowerBound().getAsDouble()).isBetween(298_000.0, 300_000.0);
        });
    }

    @Test
    void aTesterThatIsAlwaysTheLimitIsNoFailureOfTheDevice() throws InterruptedException {
        SearchResult result = SEARCH.run(SimulatedDevice.perfect(800_000).behindTester(1), LIMITS, SearchListener.NONE);

        assertThat(result.goals()).allSatisfy(goal -> {
            assertThat(((GoalResult.Irregular) goal).reason()).isEqualTo(Ending.TESTER_LIMITED);
            assertThat(goal.lowerBound()).isEmpty();
            assertThat(goal.upperBound()).isEmpty();
        });
    }

    @Test
    void aTesterThatKeepsUpInShortTrialsOnlyLimitsTheAnswerOfLongOnes() throws InterruptedException {
        SimulatedDevice device = SimulatedDevice.perfect(800_000);
        Trials tester = (load, duration) -> {
            Outcome outcome = device.measure(load, duration);
            boolean keepsUp = load <= (duration.compareTo(Duration.ofSeconds(60)) < 0 ? 600_000 : 400_000);
            return new Outcome(load, duration, outcome.sent(), outcome.lost(), keepsUp);
        };

        SearchResult result = SEARCH.run(tester, LIMITS, SearchListener.NONE);

        assertThat(result.goals()).allSatisfy(goal -> {
            assertThat(((GoalResult.Irregular) goal).reason()).isEqualTo(Ending.TESTER_LIMITED);
            assertThat(goal.lowerBound().getAsDouble()).isBetween(398_000.0, 400_000.0);
        });
    }

    @Test
    void whatHeldInShortTrialsIsTriedForLongerFirst() throws InterruptedException {
        List<SearchState> states = new ArrayList<>();

        SearchResult result = SEARCH.run(SimulatedDevice.perfect(400_000), LIMITS, states::add);

        assertThat(states.stream().flatMap(state -> state.next().stream()))
                .filteredOn(step -> step.duration().equals(Duration.ofSeconds(60))
                        && step.goal().equals("NDR"))
                .singleElement()
                .satisfies(step -> {
                    assertThat(step.reason()).isEqualTo(Step.Reason.REFINE_LOWER);
                    assertThat(step.load())
                            .isEqualTo(result.goal("NDR").lowerBound().getAsDouble());
                });
    }

    @Test
    void isNotTesterLimitedWhenTheDeviceFailsFirst() throws InterruptedException {
        SearchResult result =
                SEARCH.run(SimulatedDevice.perfect(300_000).behindTester(800_000), LIMITS, SearchListener.NONE);

        assertThat(result.goals()).allMatch(GoalResult.Regular.class::isInstance);
        assertThat(result.goal("NDR").lowerBound().getAsDouble()).isBetween(298_000.0, 300_001.0);
    }

    @Test
    void theFirstTrialsOfAColdDeviceLimitTheAnswer() throws InterruptedException {
        // RFC 9971 section 5.3.5 has it so: who knows that a device needs a warm-up, warms it up before.
        SimulatedDevice device = SimulatedDevice.warmingUp(2_000_000, 2);

        SearchResult cold = SEARCH.run(device, LIMITS, SearchListener.NONE);
        SearchResult warm = SEARCH.run(device, LIMITS, SearchListener.NONE);

        assertThat(cold.goal("NDR").upperBound().getAsDouble()).isLessThan(1_000_000);
        assertThat(((GoalResult.Irregular) warm.goal("NDR")).reason()).isEqualTo(Ending.MAX_LOAD_PASSES);
    }

    @Test
    void refusesAnOutcomeThatIsNotWhatWasAskedFor() {
        Trials shorter = (load, duration) -> new Outcome(load, duration.minusMillis(1), 100, 0, true);

        assertThatThrownBy(() -> SEARCH.run(shorter, LIMITS, SearchListener.NONE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("for PT1S answered for 1000000.0 and PT0.999S");
    }

    @Test
    void manyShortTrialsSeeThroughRareHiccups() throws InterruptedException {
        MultipleLossRatioSearch search = new MultipleLossRatioSearch(List.of(SearchGoal.manyShortTrials("NDR", 0)));
        SimulatedDevice device = SimulatedDevice.hiccuping(400_000, 0.1, new Random(1));

        SearchResult result = search.run(device, LIMITS, SearchListener.NONE);

        assertThat(result.goal("NDR")).isInstanceOf(GoalResult.Regular.class);
        assertThat(result.goal("NDR").lowerBound().getAsDouble()).isBetween(398_000.0, 400_001.0);
        assertThat(device.trials())
                .allSatisfy(trial -> assertThat(trial.duration()).isEqualTo(Duration.ofSeconds(1)));
    }

    @Test
    void endsWhenTheTrialsAreUsedUp() throws InterruptedException {
        SearchResult result =
                SEARCH.run(SimulatedDevice.perfect(400_000), LIMITS.withMaxTrials(3), SearchListener.NONE);

        assertThat(result.trials()).hasSize(3);
        assertThat(result.goals())
                .allSatisfy(goal ->
                        assertThat(((GoalResult.Irregular) goal).reason()).isEqualTo(Ending.TRIALS_EXHAUSTED));
        assertThat(result.goal("NDR").upperBound()).isPresent();
    }

    @Test
    void anInterruptionLeavesByExceptionAndTheListenerHasTheTrials() {
        SimulatedDevice device = SimulatedDevice.perfect(400_000);
        List<SearchState> states = new ArrayList<>();
        Trials interruptedAtTheFifth = (load, duration) -> {
            if (device.trials().size() == 4) {
                throw new InterruptedException();
            }
            return device.measure(load, duration);
        };

        assertThatThrownBy(() -> SEARCH.run(interruptedAtTheFifth, LIMITS, states::add))
                .isInstanceOf(InterruptedException.class);

        assertThat(states.getLast().trials()).isEqualTo(device.trials()).hasSize(4);
        assertThat(states.getLast().next()).isPresent();
    }

    @Test
    void theListenerSeesGoalsComeNearer() throws InterruptedException {
        List<SearchState> states = new ArrayList<>();

        SearchResult result = SEARCH.run(SimulatedDevice.perfect(400_000), LIMITS, states::add);

        assertThat(states).hasSize(result.trials().size() + 1);
        assertThat(states.getFirst().goals()).extracting(GoalState::goal).containsExactly("NDR", "PDR");
        assertThat(states.getFirst().goals()).allSatisfy(goal -> {
            assertThat(goal.target()).isEqualTo(1);
            assertThat(goal.bounds()).isEqualTo(Bounds.UNKNOWN);
            assertThat(goal.done()).isFalse();
        });
        SearchState last = states.getLast();
        assertThat(last.next()).isEmpty();
        assertThat(last.measured()).isEqualTo(result.measured());
        assertThat(last.goals()).allSatisfy(goal -> {
            assertThat(goal.target()).isEqualTo(goal.targets());
            assertThat(goal.done()).isTrue();
            assertThat(goal.bounds().lower()).isEqualTo(result.goal(goal.goal()).lowerBound());
        });
    }

    @Test
    void itsBoundsHoldOnAnyDevice() throws InterruptedException {
        Random random = new Random(9971);
        for (int i = 0; i < 300; i++) {
            SearchLimits limits = SearchLimits.between(1 + random.nextInt(10_000), 10_001 + random.nextInt(2_000_000));
            Width width = random.nextBoolean() ? Width.relative(0.01) : Width.ofMaxLoad(0.005);
            List<SearchGoal> goals = (random.nextInt(3) == 0
                            ? List.of(SearchGoal.manyShortTrials("NDR", 0), SearchGoal.manyShortTrials("PDR", 0.005))
                            : List.of(SearchGoal.nonDropRate(), SearchGoal.partialDropRate()))
                    .stream().map(goal -> goal.withWidth(width)).toList();
            SimulatedDevice device = Devices.any(random, limits.maxLoad());

            SearchResult result = new MultipleLossRatioSearch(goals).run(device, limits, SearchListener.NONE);

            assertThat(device.trials())
                    .allSatisfy(trial -> assertThat(trial.load()).isBetween(limits.minLoad(), limits.maxLoad()));
            Map<Double, List<Outcome>> byLoad =
                    device.trials().stream().filter(Outcome::trusted).collect(Collectors.groupingBy(Outcome::load));
            for (GoalResult each : result.goals()) {
                assertHolds(each, byLoad, limits);
            }
        }
    }

    private static void assertHolds(GoalResult result, Map<Double, List<Outcome>> byLoad, SearchLimits limits) {
        SearchGoal goal = result.goal();
        OptionalDouble lower = result.lowerBound();
        OptionalDouble upper = result.upperBound();
        lower.ifPresent(load -> assertThat(LoadClassification.of(goal, byLoad.getOrDefault(load, List.of())))
                .isEqualTo(LoadClassification.LOWER_BOUND));
        upper.ifPresent(load -> assertThat(LoadClassification.of(goal, byLoad.getOrDefault(load, List.of())))
                .isEqualTo(LoadClassification.UPPER_BOUND));
        byLoad.forEach((load, trials) -> {
            LoadClassification classification = LoadClassification.of(goal, trials);
            assertThat(classification == LoadClassification.UPPER_BOUND
                            && load < upper.orElse(Double.POSITIVE_INFINITY))
                    .as("no smaller load failed")
                    .isFalse();
        });
        switch (result) {
            case GoalResult.Regular regular -> {
                assertThat(goal.width().isReached(lower.getAsDouble(), upper.getAsDouble(), limits.maxLoad()))
                        .isTrue();
                assertThat(regular.conditionalThroughput())
                        .isBetween(lower.getAsDouble() * (1 - goal.lossRatio()), lower.getAsDouble());
            }
            case GoalResult.Irregular irregular -> {
                switch (irregular.reason()) {
                    case MAX_LOAD_PASSES -> assertThat(lower).hasValue(limits.maxLoad());
                    case MIN_LOAD_FAILS -> assertThat(upper).hasValue(limits.minLoad());
                    case TESTER_LIMITED ->
                        assertThat(irregular.bounds().testerLimit()).isPresent();
                    case FOUND, TRIALS_EXHAUSTED -> throw new AssertionError("not ended: " + irregular);
                }
            }
        }
    }

    @Test
    void refusesGoalsThatMeanNothing() {
        SearchGoal goal = SearchGoal.nonDropRate();
        Duration second = Duration.ofSeconds(1);
        assertThatThrownBy(() -> new MultipleLossRatioSearch(List.of())).hasMessageContaining("give at least one");
        assertThatThrownBy(() -> new MultipleLossRatioSearch(List.of(goal, goal)))
                .hasMessageContaining("give each its own");
        assertThatThrownBy(() -> goal.withDurations(second.multipliedBy(2), second, second))
                .hasMessageContaining("longer than the final one");
        assertThatThrownBy(() -> SearchGoal.rfc2544("x", -0.1)).hasMessageContaining("goal loss ratio is -0.1");
        assertThatThrownBy(() -> SEARCH.run(SimulatedDevice.perfect(1), LIMITS, SearchListener.NONE)
                        .goal("XDR"))
                .hasMessage("The search had no goal \"XDR\".");
    }
}
