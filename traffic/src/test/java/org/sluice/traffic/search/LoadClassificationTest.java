package org.sluice.traffic.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.sluice.traffic.search.LoadClassification.LOWER_BOUND;
import static org.sluice.traffic.search.LoadClassification.UNDECIDED;
import static org.sluice.traffic.search.LoadClassification.UPPER_BOUND;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The example search of RFC 9971 appendix C: four goals at one load of a million frames per second, at six points in time. */
class LoadClassificationTest {
    private static final double LOAD = 1_000_000;
    private static final List<SearchGoal> GOALS = List.of(
            goal("RFC2544", 60, 60, 0, 0),
            goal("TST009", 60, 120, 0, 0.5),
            goal("1s final", 1, 120, 0.005, 0.5),
            goal("20% exceed", 60, 60, 0.005, 0.2));

    @Test
    void nothingMeasuredIsUndecided() {
        assertThat(classify(List.of())).containsExactly(UNDECIDED, UNDECIDED, UNDECIDED, UNDECIDED);
    }

    @Test
    void theExampleOfTheRfcIsClassifiedAsThere() {
        List<Outcome> trials = new ArrayList<>(Collections.nCopies(59, trial(1, 0)));
        assertThat(classify(trials)).containsExactly(UNDECIDED, UNDECIDED, UNDECIDED, UNDECIDED);
        trials.add(trial(1, 0.01));
        assertThat(classify(trials)).containsExactly(UPPER_BOUND, UNDECIDED, UNDECIDED, UNDECIDED);
        trials.addAll(Collections.nCopies(59, trial(1, 0.01)));
        assertThat(classify(trials)).containsExactly(UPPER_BOUND, UNDECIDED, UNDECIDED, UPPER_BOUND);
        trials.add(trial(1, 0));
        assertThat(classify(trials)).containsExactly(UPPER_BOUND, UNDECIDED, LOWER_BOUND, UPPER_BOUND);
        // From here on the RFC's table has the last goal as a lower bound, beside an exceed ratio of 42.857 % and then
        // 27.273 % that
        // exceeds the goal's 20 %. Its section 6.1 and its appendix A, which define it, have an upper bound there.
        trials.add(trial(60, 0.001));
        assertThat(classify(trials)).containsExactly(UPPER_BOUND, UNDECIDED, LOWER_BOUND, UPPER_BOUND);
        trials.add(trial(60, 0));
        assertThat(classify(trials)).containsExactly(UPPER_BOUND, LOWER_BOUND, LOWER_BOUND, UPPER_BOUND);
    }

    @Test
    void theConditionalThroughputOfTheExampleIsThatOfTheRfc() {
        List<Outcome> trials = new ArrayList<>(Collections.nCopies(60, trial(1, 0)));
        trials.addAll(Collections.nCopies(60, trial(1, 0.01)));
        trials.add(trial(60, 0.001));
        trials.add(trial(60, 0));
        assertThat(throughput(1, trials)).isEqualTo(LOAD);
        assertThat(throughput(2, trials)).isEqualTo(LOAD);
        assertThat(throughput(3, trials)).isCloseTo(999_000, within(1e-6));
    }

    @Test
    void theConditionalThroughputCountsWhatIsMissingToTheDurationSumAsLost() {
        SearchGoal goal = SearchGoal.manyShortTrials("PDR", 0.005);
        List<Outcome> trials = new ArrayList<>(Collections.nCopies(10, trial(1, 0)));
        assertThat(ConditionalThroughput.of(goal, LOAD, trials)).isZero();
        trials.add(trial(1, 0.004));
        assertThat(ConditionalThroughput.of(goal, LOAD, trials)).isCloseTo(996_000, within(1e-6));
    }

    @Test
    void aLoadWithoutFullLengthTrialHasNoConditionalThroughput() {
        assertThatThrownBy(() -> throughput(0, List.of(trial(1, 0))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no full-length trial for the goal RFC2544");
    }

    private static List<LoadClassification> classify(List<Outcome> trials) {
        return GOALS.stream().map(goal -> LoadClassification.of(goal, trials)).toList();
    }

    private static double throughput(int goal, List<Outcome> trials) {
        return ConditionalThroughput.of(GOALS.get(goal), LOAD, trials);
    }

    private static Outcome trial(int seconds, double lossRatio) {
        long sent = (long) (LOAD * seconds);
        return new Outcome(LOAD, Duration.ofSeconds(seconds), sent, Math.round(sent * lossRatio), true);
    }

    private static SearchGoal goal(String name, int finalTrial, int sum, double lossRatio, double exceedRatio) {
        return new SearchGoal(
                name,
                lossRatio,
                exceedRatio,
                Duration.ofSeconds(1),
                Duration.ofSeconds(finalTrial),
                Duration.ofSeconds(sum),
                Width.relative(0.005),
                2,
                2);
    }
}
