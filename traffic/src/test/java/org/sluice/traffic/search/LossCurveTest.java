package org.sluice.traffic.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LossCurveTest {
    private static final SearchLimits LIMITS = SearchLimits.between(1_000, 1_000_000);

    @Test
    void goesDownByTenPercentUntilTwoTrialsInARowLoseNothing() throws InterruptedException {
        LossCurve.Result result =
                LossCurve.rfc2544().run(SimulatedDevice.perfect(720_000), LIMITS, SearchListener.NONE);

        assertThat(result.points()).extracting(LossPoint::fraction).containsExactly(1.0, 0.9, 0.8, 0.7, 0.6);
        assertThat(result.points().get(0).outcome().lossRatio()).isCloseTo(0.28, within(1e-6));
        assertThat(result.points().get(1).outcome().lossRatio()).isCloseTo(0.2, within(1e-6));
        assertThat(result.points().get(2).outcome().lossRatio()).isCloseTo(0.1, within(1e-6));
        assertThat(result.points().get(3).outcome().lost()).isZero();
        assertThat(result.complete()).isTrue();
        assertThat(result.testerLimited()).isFalse();
        assertThat(result.trials())
                .allSatisfy(trial -> assertThat(trial.duration()).isEqualTo(Duration.ofSeconds(60)));
    }

    @Test
    void oneTrialWithoutLossIsNotEnough() throws InterruptedException {
        SimulatedDevice device = SimulatedDevice.nonMonotonic(720_000, 550_000, 650_000);

        LossCurve.Result result = LossCurve.rfc2544().run(device, LIMITS, SearchListener.NONE);

        assertThat(result.points().getLast().fraction()).isEqualTo(0.4);
        assertThat(result.points())
                .extracting(point -> point.outcome().lost() == 0)
                .endsWith(true, false, true, true);
    }

    @Test
    void finerStepsMakeMorePoints() throws InterruptedException {
        LossCurve curve = new LossCurve(50, Duration.ofSeconds(1));

        LossCurve.Result result = curve.run(SimulatedDevice.perfect(900_000), LIMITS, SearchListener.NONE);

        assertThat(result.points()).hasSize(7);
        assertThat(result.points().getLast().fraction()).isEqualTo(0.88);
    }

    @Test
    void aDeviceThatAlwaysLosesHasACurveThatDoesNotComplete() throws InterruptedException {
        LossCurve.Result result = LossCurve.rfc2544()
                .run(SimulatedDevice.losing((load, seconds) -> load * seconds / 2), LIMITS, SearchListener.NONE);

        assertThat(result.points()).hasSize(10);
        assertThat(result.complete()).isFalse();
    }

    @Test
    void whereTheTesterIsTheLimitThePointSaysSoAndCountsNeitherWay() throws InterruptedException {
        SimulatedDevice device = SimulatedDevice.perfect(2_000_000).behindTester(750_000);

        LossCurve.Result result = LossCurve.rfc2544().run(device, LIMITS, SearchListener.NONE);

        assertThat(result.points())
                .extracting(point -> point.outcome().trusted())
                .containsExactly(false, false, false, true, true);
        assertThat(result.testerLimited()).isTrue();
        assertThat(result.complete()).isTrue();
        assertThat(result.trials()).as("untrusted ones are repeated twice").hasSize(3 * 3 + 2);
    }

    @Test
    void doesNotGoBelowTheMinimum() throws InterruptedException {
        LossCurve.Result result = LossCurve.rfc2544()
                .run(SimulatedDevice.perfect(0), SearchLimits.between(450_000, 1_000_000), SearchListener.NONE);

        assertThat(result.points().getLast().fraction()).isEqualTo(0.5);
    }

    @Test
    void endsWhenTheTrialsAreUsedUp() throws InterruptedException {
        LossCurve.Result result =
                LossCurve.rfc2544().run(SimulatedDevice.perfect(0), LIMITS.withMaxTrials(2), SearchListener.NONE);

        assertThat(result.points()).hasSize(2);
        assertThat(result.complete()).isFalse();
    }

    @Test
    void theListenerHasThePointsSoFarWhenItIsInterrupted() {
        List<SearchState> states = new ArrayList<>();
        SimulatedDevice device = SimulatedDevice.perfect(0);
        Trials interruptedAtTheThird = (load, duration) -> {
            if (device.trials().size() == 2) {
                throw new InterruptedException();
            }
            return device.measure(load, duration);
        };

        assertThatThrownBy(() -> LossCurve.rfc2544().run(interruptedAtTheThird, LIMITS, states::add))
                .isInstanceOf(InterruptedException.class);

        assertThat(states.getLast().trials()).isEqualTo(device.trials()).hasSize(2);
    }

    @Test
    void refusesStepsThatAreCoarserThanTheRfcAllows() {
        assertThatThrownBy(() -> new LossCurve(9, Duration.ofSeconds(60)))
                .hasMessage("A loss curve of 9 steps is coarser than RFC 2544 allows: use at least 10.");
    }
}
