package org.sluice.traffic.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BinarySearchTest {
    private static final SearchLimits LIMITS = SearchLimits.between(1_000, 1_000_000);
    private static final BinarySearch SEARCH = BinarySearch.rfc2544();

    @Test
    void findsTheCapacityOfAPerfectDevice() throws InterruptedException {
        SimulatedDevice device = SimulatedDevice.perfect(400_000);

        ThroughputResult result = SEARCH.run(device, LIMITS, SearchListener.NONE);

        assertThat(result.ending()).isEqualTo(Ending.FOUND);
        assertThat(result.bounds().lower().getAsDouble()).isBetween(395_000.0, 400_001.0);
        assertThat(result.bounds().upper().getAsDouble()).isBetween(400_000.0, 405_000.0);
        assertThat(result.testerLimited()).isFalse();
        assertThat(result.trials()).isEqualTo(device.trials());
        assertThat(result.trials().getFirst().load()).isEqualTo(1_000_000);
        assertThat(result.trials())
                .allSatisfy(trial -> assertThat(trial.duration()).isEqualTo(Duration.ofSeconds(60)));
    }

    @Test
    void endsAfterOneTrialWhenTheMaximumHolds() throws InterruptedException {
        ThroughputResult result = SEARCH.run(SimulatedDevice.perfect(2_000_000), LIMITS, SearchListener.NONE);

        assertThat(result.ending()).isEqualTo(Ending.MAX_LOAD_PASSES);
        assertThat(result.bounds().lower()).hasValue(1_000_000);
        assertThat(result.bounds().upper()).isEmpty();
        assertThat(result.trials()).hasSize(1);
    }

    @Test
    void hasNoAnswerWhenEvenTheMinimumFails() throws InterruptedException {
        ThroughputResult result = SEARCH.run(SimulatedDevice.perfect(0), LIMITS, SearchListener.NONE);

        assertThat(result.ending()).isEqualTo(Ending.MIN_LOAD_FAILS);
        assertThat(result.bounds().lower()).isEmpty();
        assertThat(result.bounds().upper()).hasValue(1_000);
        assertThat(result.trials().getLast().load()).isEqualTo(1_000);
    }

    @Test
    void findsADeviceThatOnlyManagesTheMinimum() throws InterruptedException {
        ThroughputResult result = SEARCH.run(SimulatedDevice.perfect(1_000), LIMITS, SearchListener.NONE);

        assertThat(result.ending()).isEqualTo(Ending.FOUND);
        assertThat(result.bounds().lower()).hasValue(1_000);
    }

    @Test
    void takesALossThatIsAcceptable() throws InterruptedException {
        ThroughputResult result =
                SEARCH.withLossRatio(0.2).run(SimulatedDevice.perfect(400_000), LIMITS, SearchListener.NONE);

        assertThat(result.bounds().lower().getAsDouble()).isBetween(495_000.0, 500_001.0);
    }

    @Test
    void saysThatTheTesterWasTheLimit() throws InterruptedException {
        SimulatedDevice device = SimulatedDevice.perfect(800_000).behindTester(300_000);

        ThroughputResult result = SEARCH.run(device, LIMITS, SearchListener.NONE);

        assertThat(result.ending()).isEqualTo(Ending.TESTER_LIMITED);
        assertThat(result.testerLimited()).isTrue();
        assertThat(result.bounds().upper()).as("the device never failed").isEmpty();
        assertThat(result.bounds().lower().getAsDouble()).isBetween(295_000.0, 300_000.0);
        assertThat(result.bounds().testerLimit().getAsDouble()).isBetween(300_000.0, 305_000.0);
    }

    @Test
    void aTesterThatIsAlwaysTheLimitIsNoFailureOfTheDevice() throws InterruptedException {
        SimulatedDevice device = SimulatedDevice.perfect(800_000).behindTester(1);

        ThroughputResult result = SEARCH.run(device, LIMITS, SearchListener.NONE);

        assertThat(result.ending()).isEqualTo(Ending.TESTER_LIMITED);
        assertThat(result.bounds().lower()).isEmpty();
        assertThat(result.bounds().upper()).isEmpty();
    }

    @Test
    void isNotTesterLimitedWhenTheDeviceFailsFirst() throws InterruptedException {
        SimulatedDevice device = SimulatedDevice.perfect(300_000).behindTester(800_000);

        ThroughputResult result = SEARCH.run(device, LIMITS, SearchListener.NONE);

        assertThat(result.ending()).isEqualTo(Ending.FOUND);
        assertThat(result.testerLimited()).isFalse();
        assertThat(result.bounds().lower().getAsDouble()).isBetween(295_000.0, 300_001.0);
    }

    @Test
    void repeatsATrialInWhichTheTesterHadAHiccup() throws InterruptedException {
        SimulatedDevice device = SimulatedDevice.perfect(400_000);
        List<Double> loads = new ArrayList<>();
        Trials everyFirstIsSpoilt = (load, duration) -> {
            Outcome outcome = device.measure(load, duration);
            boolean first = !loads.contains(load);
            loads.add(load);
            return new Outcome(load, duration, outcome.sent(), outcome.lost(), !first);
        };

        ThroughputResult result = SEARCH.run(everyFirstIsSpoilt, LIMITS, SearchListener.NONE);

        assertThat(result.ending()).isEqualTo(Ending.FOUND);
        assertThat(result.testerLimited()).isFalse();
        assertThat(result.bounds().lower().getAsDouble()).isBetween(395_000.0, 400_001.0);
        assertThat(result.trials()).hasSize(2 * (int) loads.stream().distinct().count());
    }

    @Test
    void goesBelowAnAnswerThatIsNotConfirmed() throws InterruptedException {
        // Holds once at each load up to 400,000, and again only up to 200,000.
        List<Double> seen = new ArrayList<>();
        Trials trials = (load, duration) -> {
            double capacity = seen.contains(load) ? 200_000 : 400_000;
            seen.add(load);
            return SimulatedDevice.perfect(capacity).measure(load, duration);
        };

        ThroughputResult result = SEARCH.withConfirmations(1).run(trials, LIMITS, SearchListener.NONE);

        assertThat(result.ending()).isEqualTo(Ending.FOUND);
        assertThat(result.bounds().lower().getAsDouble()).isBetween(195_000.0, 200_001.0);
        double answer = result.bounds().lower().getAsDouble();
        assertThat(seen.stream().filter(load -> load == answer)).hasSize(2);
    }

    @Test
    void endsWhenTheTrialsAreUsedUp() throws InterruptedException {
        ThroughputResult result =
                SEARCH.run(SimulatedDevice.perfect(400_000), LIMITS.withMaxTrials(4), SearchListener.NONE);

        assertThat(result.ending()).isEqualTo(Ending.TRIALS_EXHAUSTED);
        assertThat(result.trials()).hasSize(4);
        assertThat(result.bounds().lower()).hasValue(375_625);
        assertThat(result.bounds().upper()).hasValue(500_500);
    }

    @Test
    void anInterruptionLeavesByExceptionAndTheListenerHasTheTrials() {
        SimulatedDevice device = SimulatedDevice.perfect(400_000);
        List<SearchState> states = new ArrayList<>();
        Trials interruptedAtTheFourth = (load, duration) -> {
            if (device.trials().size() == 3) {
                throw new InterruptedException();
            }
            return device.measure(load, duration);
        };

        assertThatThrownBy(() -> SEARCH.run(interruptedAtTheFourth, LIMITS, states::add))
                .isInstanceOf(InterruptedException.class);

        assertThat(states.getLast().trials()).isEqualTo(device.trials()).hasSize(3);
    }

    @Test
    void tellsTheListenerWhereItIsAndWhatIsNext() throws InterruptedException {
        List<SearchState> states = new ArrayList<>();

        ThroughputResult result = SEARCH.run(SimulatedDevice.perfect(400_000), LIMITS, states::add);

        assertThat(states).hasSize(result.trials().size() + 1);
        assertThat(states.getFirst().next().orElseThrow().reason()).isEqualTo(Step.Reason.MAX_LOAD);
        assertThat(states.getFirst().last()).isEmpty();
        SearchState second = states.get(1);
        assertThat(second.last().orElseThrow().load()).isEqualTo(1_000_000);
        assertThat(second.goals().getFirst().bounds().upper()).hasValue(1_000_000);
        assertThat(second.next().orElseThrow().load()).isEqualTo(500_500);
        assertThat(second.measured()).isEqualTo(Duration.ofMinutes(1));
        assertThat(states.getLast().next()).isEmpty();
        assertThat(states.getLast().goals().getFirst().done()).isTrue();
        assertThat(states.getLast().goals().getFirst().bounds()).isEqualTo(result.bounds());
    }

    @Test
    void itsBoundsHoldOnAnyDevice() throws InterruptedException {
        Random random = new Random(26_1);
        for (int i = 0; i < 300; i++) {
            SearchLimits limits = SearchLimits.between(1 + random.nextInt(10_000), 10_001 + random.nextInt(2_000_000));
            Width width = random.nextBoolean() ? Width.relative(0.01) : Width.ofMaxLoad(0.005);
            BinarySearch search = SEARCH.withWidth(width).withConfirmations(random.nextInt(3));
            SimulatedDevice device = Devices.any(random, limits.maxLoad());

            ThroughputResult result = search.run(device, limits, SearchListener.NONE);

            assertThat(result.ending()).isNotEqualTo(Ending.TRIALS_EXHAUSTED);
            assertThat(device.trials())
                    .allSatisfy(trial -> assertThat(trial.load()).isBetween(limits.minLoad(), limits.maxLoad()));
            OptionalDouble lower = result.bounds().lower();
            OptionalDouble upper = result.bounds().upper();
            lower.ifPresent(load -> assertThat(trialsAt(device, load))
                    .allSatisfy(trial ->
                            assertThat(trial.trusted() && trial.lost() > 0).isFalse()));
            upper.ifPresent(load -> assertThat(trialsAt(device, load))
                    .anySatisfy(trial -> assertThat(trial.lost()).isPositive()));
            if (result.ending() == Ending.FOUND) {
                assertThat(width.isReached(lower.getAsDouble(), upper.getAsDouble(), limits.maxLoad()))
                        .isTrue();
            }
        }
    }

    @Test
    void refusesSettingsThatMeanNothing() {
        assertThatThrownBy(() -> SEARCH.withLossRatio(1))
                .hasMessage("The acceptable loss ratio is 1.0: use 0 or more, and less than 1.");
        assertThatThrownBy(() -> SEARCH.withConfirmations(-1)).hasMessageContaining("use 0 or more");
        assertThatThrownBy(() -> SEARCH.withTrialDuration(Duration.ZERO)).hasMessageContaining("use one above zero");
        assertThatThrownBy(() -> Width.relative(0)).hasMessage("The width is 0.0: use more than 0 and less than 1.");
        assertThatThrownBy(() -> SearchLimits.between(0, 1)).hasMessageContaining("minimum load is 0.0");
        assertThatThrownBy(() -> SearchLimits.between(2, 1)).hasMessageContaining("above the maximum load 1.0");
        assertThatThrownBy(() -> LIMITS.withMaxTrials(0)).hasMessageContaining("allow at least 1");
        assertThatThrownBy(() -> LIMITS.withRepeats(-1)).hasMessageContaining("use 0 or more");
        assertThatThrownBy(() -> new Outcome(1, Duration.ofSeconds(1), 5, 6, true))
                .hasMessage("A trial that sent 5 frames cannot have lost 6.");
        assertThatThrownBy(() -> new Outcome(1, Duration.ofSeconds(1), 0, 0, true))
                .hasMessageContaining("cannot be trusted");
    }

    private static List<Outcome> trialsAt(SimulatedDevice device, double load) {
        return device.trials().stream().filter(trial -> trial.load() == load).toList();
    }
}
