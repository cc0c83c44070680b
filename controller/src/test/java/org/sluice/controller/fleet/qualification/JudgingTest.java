package org.sluice.controller.fleet.qualification;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.model.qualification.Baseline;
import org.sluice.model.qualification.BaselineFigure;
import org.sluice.model.qualification.CardClass;
import org.sluice.model.qualification.MeasuredFigure;
import org.sluice.model.qualification.QualificationPolicy;
import org.sluice.model.qualification.QualificationSettings;
import org.sluice.model.qualification.QualificationSummary;
import org.sluice.model.qualification.QualificationVerdict;

class JudgingTest {
    private static final CardClass CLASS = CardClass.parse("8086:10c9:igb:1000:short");
    private static final QualificationSettings SETTINGS =
            new QualificationSettings(QualificationPolicy.REQUIRED, 0.9, 1.5);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1000 | 2000 | ''",
                "900  | 3000 | ''",
                "2000 | 1    | ''",
                "899  | 2000 | At 64 bytes it reached 89.9 % of its class's baseline, 90 % are required.",
                "810  | 2000 | At 64 bytes it reached 81 % of its class's baseline, 90 % are required.",
                "0    | 2000 | At 64 bytes it reached 0 % of its class's baseline, 90 % are required.",
                "1000 | 3001 | At 64 bytes its p99 latency is 1.51 times that of its class's baseline, 1.5 times are"
                        + " allowed.",
                "1000 | 9000 | At 64 bytes its p99 latency is 4.5 times that of its class's baseline, 1.5 times are"
                        + " allowed."
            })
    void aCardMustReachItsShareOfTheBaselineInTime(long rate, long p99, String reason) {
        Judging.Judgement judgement =
                judge(Optional.of(baseline(figure(64, 1_000, 2_000))), measured(64, rate, p99, 0, false));

        assertThat(judgement.reasons()).isEqualTo(reason.isEmpty() ? List.of() : List.of(reason));
        assertThat(judgement.verdict())
                .isEqualTo(reason.isEmpty() ? QualificationVerdict.PASSED : QualificationVerdict.FAILED);
    }

    @Test
    void everySizeThatFailsIsSaid() {
        Judging.Judgement judgement = judge(
                Optional.of(baseline(figure(64, 1_000, 2_000), figure(1_518, 800, 2_000))),
                measured(64, 500, 4_000, 0, false),
                measured(1_518, 400, 2_000, 0, false));

        assertThat(judgement.verdict()).isEqualTo(QualificationVerdict.FAILED);
        assertThat(judgement.reasons())
                .containsExactly(
                        "At 64 bytes it reached 50 % of its class's baseline, 90 % are required.",
                        "At 64 bytes its p99 latency is 2 times that of its class's baseline, 1.5 times are allowed.",
                        "At 1518 bytes it reached 50 % of its class's baseline, 90 % are required.");
    }

    @Test
    void aSizeOfTheBaselineMustHaveBeenMeasured() {
        assertThat(judge(
                        Optional.of(baseline(figure(64, 1_000, 2_000), figure(1_518, 800, 2_000))),
                        measured(1_518, 800, 2_000, 0, false)))
                .isEqualTo(new Judging.Judgement(
                        QualificationVerdict.FAILED,
                        List.of("Nothing was measured at 64 bytes, for which its class has a baseline.")));
    }

    @Test
    void aSizeThatTheBaselineDoesNotKnowIsOnlyMentioned() {
        assertThat(judge(
                        Optional.of(baseline(figure(64, 1_000, 2_000))),
                        measured(64, 1_000, 2_000, 0, false),
                        measured(9_000, 1, 900_000, 0, false)))
                .isEqualTo(new Judging.Judgement(
                        QualificationVerdict.PASSED, List.of("At 9000 bytes there was nothing to compare with.")));
    }

    @Test
    void withNothingToCompareASoundMeasurementIsUnrated() {
        Judging.Judgement judgement = judge(Optional.empty(), measured(64, 1, 2_000, 0.004, false));

        assertThat(judgement.verdict()).isEqualTo(QualificationVerdict.UNRATED);
        assertThat(judgement.reasons())
                .containsExactly("There was nothing to compare with: fewer than 3 other hosts of class " + CLASS
                        + " have passed, and no baseline is set for it.");
    }

    @Test
    void withNothingToCompareTheTesterMustNotHaveBeenTheLimit() {
        Judging.Judgement judgement = judge(Optional.empty(), measured(64, 1_000, 2_000, 0, true));

        assertThat(judgement.verdict()).isEqualTo(QualificationVerdict.FAILED);
        assertThat(judgement.reasons())
                .containsExactly("At 64 bytes the tester was the limit, and there is no baseline that its figure could"
                        + " be seen to reach; measure again with a faster mode or on a quieter host.");
    }

    @Test
    void aLowerBoundThatReachesTheBaselineIsEnough() {
        Optional<Baseline> baseline = Optional.of(baseline(figure(64, 1_000, 2_000)));

        assertThat(judge(baseline, measured(64, 950, 2_000, 0, true)).verdict()).isEqualTo(QualificationVerdict.PASSED);
        assertThat(judge(baseline, measured(64, 500, 2_000, 0, true)).reasons())
                .containsExactly(
                        "At 64 bytes it reached 50 % of its class's baseline, 90 % are required; the tester was"
                                + " the limit, so measure again with a faster mode or on a quieter host.");
    }

    @Test
    void aRateWithLossIsNoThroughput() {
        Judging.Judgement judgement =
                judge(Optional.of(baseline(figure(64, 1_000, 2_000))), measured(64, 1_000, 2_000, 0.0201, false));

        assertThat(judgement.verdict()).isEqualTo(QualificationVerdict.FAILED);
        assertThat(judgement.reasons())
                .containsExactly("At 64 bytes 2.1 % of the frames were lost at the throughput, 0.5 % are allowed.");
    }

    private static Judging.Judgement judge(Optional<Baseline> baseline, MeasuredFigure... figures) {
        return Judging.judge(
                new QualificationSummary("ens1f0", Instant.EPOCH, CLASS, List.of(figures)),
                baseline,
                OptionalInt.empty(),
                SETTINGS);
    }

    private static Baseline baseline(BaselineFigure... figures) {
        return new Baseline(CLASS, Baseline.Source.OPERATOR, 0, List.of(figures));
    }

    private static BaselineFigure figure(int size, long rate, long p99) {
        return new BaselineFigure(size, rate, p99);
    }

    private static MeasuredFigure measured(int size, long rate, long p99, double loss, boolean testerLimited) {
        return new MeasuredFigure(size, rate, Math.min(p99, 1_000), p99, loss, testerLimited);
    }
}
