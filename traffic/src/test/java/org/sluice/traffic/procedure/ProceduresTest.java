package org.sluice.traffic.procedure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sluice.traffic.frame.Rate;
import org.sluice.traffic.report.SizeResult;
import org.sluice.traffic.report.SizeResult.LossPoint;
import org.sluice.traffic.report.SizeResult.SoakInterval;
import org.sluice.traffic.report.SizeResult.TrialRow;
import org.sluice.traffic.trial.Doubt;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.TrialResult;

/** What the procedures find of devices whose answers are known. */
class ProceduresTest {
    private static final double CAPACITY = 20_000;
    private static final double WIDTH = 0.01;

    /** In trials of 200 ms a buffer of 20 frames flatters a device by half a per cent. */
    private static final long BUFFER = 20;

    private static SimulatedPath path() {
        return new SimulatedPath(CAPACITY, BUFFER).senderLimit(100_000);
    }

    private static long count(SizeResult result, String purpose) {
        return result.trials().stream()
                .filter(row -> row.purpose().equals(purpose))
                .count();
    }

    @ParameterizedTest
    @EnumSource(TestPlan.Search.class)
    void throughputIsTheCapacity(TestPlan.Search search) {
        SizeTest test = Plans.run(path(), Plans.of(search, Procedure.THROUGHPUT));
        SizeResult result = test.result();

        assertThat(result.throughput()).hasValueSatisfying(found -> {
            assertThat(found.framesPerSecond()).isBetween(CAPACITY * (1 - WIDTH), CAPACITY * 1.006);
            assertThat(found.repeats()).hasSize(3).containsOnly(found.framesPerSecond());
            assertThat(found.width()).isBetween(1.0, CAPACITY * WIDTH * 1.02);
            assertThat(found.bitsPerSecond()).isEqualTo(found.framesPerSecond() * 512);
        });
        assertThat(result.testerLimited()).isEmpty();
        assertThat(test.notes()).isEmpty();
        assertThat(result.trials().getFirst().purpose()).isEqualTo("sender");
    }

    @Test
    void mlrFindsNdrAndPdr() {
        SizeResult result = Plans.run(path(), Plans.of(TestPlan.Search.MLR, Procedure.THROUGHPUT))
                .result();

        assertThat(result.goals()).extracting(SizeResult.Goal::name).containsExactly("NDR", "PDR");
        assertThat(result.goals()).allMatch(SizeResult.Goal::regular);
        assertThat(result.goals().get(0).framesPerSecond())
                .isEqualTo(result.throughput().orElseThrow().repeats().getFirst())
                .isLessThanOrEqualTo(result.goals().get(1).framesPerSecond());
    }

    @ParameterizedTest
    @EnumSource(TestPlan.Search.class)
    void aPathThatForwardsAllTheSenderCanIsTesterLimited(TestPlan.Search search) {
        SizeResult result = Plans.run(path().senderLimit(10_000), Plans.of(search, Procedure.THROUGHPUT))
                .result();

        assertThat(result.throughput()).hasValueSatisfying(found -> {
            assertThat(found.framesPerSecond()).isCloseTo(9_500, within(1e-6));
            assertThat(found.width()).isZero();
        });
        assertThat(result.testerLimited())
                .containsExactly(
                        "The sender can offer no more than 9,500 frames/s, and the path forwarded all of them.");
    }

    @ParameterizedTest
    @EnumSource(TestPlan.Search.class)
    void aPathThatForwardsTheAllowedRateIsNotTesterLimited(TestPlan.Search search) {
        TestPlan plan = Plans.plan(
                search, EnumSet.of(Procedure.THROUGHPUT), Optional.of(new Rate.Frames(10_000)), Optional.empty());
        SizeResult result = Plans.run(path(), plan).result();

        assertThat(result.throughput().orElseThrow().framesPerSecond()).isEqualTo(10_000);
        assertThat(result.testerLimited()).isEmpty();
        assertThat(result.trials()).allMatch(row -> row.framesPerSecond() <= 10_000);
    }

    @Test
    void theLineRateIsTheHighestLoadWhenItIsKnown() {
        // 84 bytes on the wire each.
        SizeResult result = Plans.run(
                        path(), Plans.of(Procedure.THROUGHPUT), OptionalLong.of(84 * 8 * 15_000), ProgressListener.NONE)
                .result();

        assertThat(result.lineRate()).isEqualTo(OptionalDouble.of(15_000));
        assertThat(result.throughput().orElseThrow().framesPerSecond()).isEqualTo(15_000);
        assertThat(result.testerLimited()).isEmpty();
    }

    @Test
    void lossesOfALateSenderAreTheTesters() {
        SizeResult result = Plans.run(path().lateAbove(8_000), Plans.of(Procedure.THROUGHPUT))
                .result();

        // A trial that lost nothing is trusted however late its frames were.
        assertThat(result.throughput().orElseThrow().framesPerSecond())
                .isBetween(CAPACITY * (1 - WIDTH), CAPACITY * 1.006);
        assertThat(result.testerLimited()).singleElement().asString().contains("the tester itself was the limit");
    }

    @Test
    void aDoubtfulLossIsTriedAgain() {
        // The first trial is the sender's own; the next one is at the highest rate.
        SimulatedPath path = path().doubtNext(Doubt.SENDER_TOO_SLOW).doubtNext(Doubt.RECEIVER_DROPPED);
        SizeResult result = Plans.run(path, Plans.of(Procedure.THROUGHPUT)).result();

        List<TrialRow> rows = result.trials();
        assertThat(rows.get(1).doubts()).containsExactly(Doubt.RECEIVER_DROPPED.sentence());
        assertThat(rows.get(2).framesPerSecond()).isEqualTo(rows.get(1).framesPerSecond());
        assertThat(rows.get(2).doubts()).isEmpty();
        assertThat(rows.get(3).framesPerSecond()).isLessThan(rows.get(2).framesPerSecond());
        assertThat(result.testerLimited()).isEmpty();
    }

    @Test
    void aClockThatWasSetSpoilsNoLoss() {
        SimulatedPath path = path().doubtNext(Doubt.CLOCK_STEPPED).doubtNext(Doubt.CLOCK_STEPPED);
        List<TrialRow> rows =
                Plans.run(path, Plans.of(Procedure.THROUGHPUT)).result().trials();

        assertThat(rows.get(2).framesPerSecond()).isLessThan(rows.get(1).framesPerSecond());
    }

    @ParameterizedTest
    @EnumSource(TestPlan.Search.class)
    void whereNothingIsForwardedTheNotesSayWhatWasLeftOut(TestPlan.Search search) {
        SizeTest test = Plans.run(
                new SimulatedPath(1, 0).senderLimit(10_000),
                Plans.of(
                        search,
                        Procedure.LATENCY,
                        Procedure.LOSS,
                        Procedure.BACK_TO_BACK,
                        Procedure.RECOVERY,
                        Procedure.RESET,
                        Procedure.SOAK));
        SizeResult result = test.result();

        assertThat(result.throughput().orElseThrow().framesPerSecond()).isZero();
        assertThat(result.lossCurve()).hasSize(10).allMatch(point -> point.lossRatio() == 1 && point.forwarded() == 0);
        assertThat(result.latency()).isEmpty();
        assertThat(result.backToBack()).isEmpty();
        assertThat(result.recovery()).isEmpty();
        assertThat(result.reset()).isEmpty();
        assertThat(result.soak()).isEmpty();
        assertThat(test.notes())
                .containsExactly(
                        nothing("latency"),
                        nothing("back-to-back"),
                        nothing("recovery"),
                        nothing("reset"),
                        nothing("soak"));
        assertThat(result.toString()).doesNotContain("NaN").doesNotContain("Infinity");
    }

    private static String nothing(String procedure) {
        return "With frames of 64 bytes nothing is forwarded without loss, so " + procedure + " could not be measured.";
    }

    @Test
    void latencyIsMeasuredAtTheThroughput() {
        SizeTest test = Plans.run(path().latency(50_000), Plans.of(Procedure.LATENCY));
        SizeResult result = test.result();

        assertThat(result.latency()).hasValueSatisfying(found -> {
            assertThat(found.framesPerSecond())
                    .isEqualTo(result.throughput().orElseThrow().framesPerSecond());
            assertThat(found.repeatMeans()).hasSize(4);
            // The wire's 50 µs and at least the 50 µs that the server takes.
            assertThat((double) found.all().min()).isCloseTo(100_000, within(100.0));
            assertThat(found.all().max()).isLessThan(50_000 + 1_100_000);
        });
        assertThat(count(result, "latency")).isEqualTo(4);
        assertThat(test.notes()).isEmpty();
    }

    @Test
    void doubtfulLatenciesAreMeasuredAgainAndWhatStaysDoubtfulIsSaid() throws Exception {
        SimulatedPath path = path();
        for (int i = 0; i < 4; i++) {
            path.doubtNext(i < 3 ? Doubt.PACING_LATE : Doubt.CLOCK_STEPPED);
        }
        Bench bench = Plans.bench(path, 10_000, 50_000);
        new LatencyTest(bench).run();

        // Three for the first result, none of which is sound, two for the second, one for each of the others.
        assertThat(path.trials()).hasSize(7);
        assertThat(bench.findings().notes())
                .containsExactly("With frames of 64 bytes 1 of 4 latency trials were doubtful however often they were"
                        + " repeated, so the largest latencies may be the tester's.");
    }

    @Test
    void lossesWhileLatencyIsMeasuredAreSaid() throws Exception {
        Bench bench = Plans.bench(path().silent(0.05, 0.06), 10_000, 50_000);
        new LatencyTest(bench).run();

        assertThat(bench.findings().notes()).singleElement().asString().contains("400 of 4,000 frames were lost");
    }

    @Test
    void theLossCurveGoesDownUntilTwoLoadsLoseNothing() {
        SizeResult result = Plans.run(path(), Plans.of(Procedure.LOSS)).result();

        assertThat(result.throughput()).isEmpty();
        double top = 95_000;
        assertThat(result.lossCurve())
                .extracting(LossPoint::framesPerSecond)
                .usingComparatorForType((a, b) -> Math.abs(a - b) < 1 ? 0 : 1, Double.class)
                .containsExactly(
                        top, .9 * top, .8 * top, .7 * top, .6 * top, .5 * top, .4 * top, .3 * top, .2 * top, .1 * top);
        for (LossPoint point : result.lossCurve()) {
            double lost = Math.max(0, 1 - CAPACITY / point.framesPerSecond());
            assertThat(point.lossRatio()).isCloseTo(lost, within(0.005));
            assertThat(point.forwarded()).isCloseTo(Math.min(CAPACITY, point.framesPerSecond()), within(150.0));
        }
    }

    @Test
    void aRepeatedPointOfTheLossCurveTakesThePlaceOfTheDoubtfulOne() throws Exception {
        SimulatedPath path = path().doubtNext(Doubt.RECEIVER_DROPPED);
        Bench bench = Plans.bench(path, 0, 50_000);
        new LossTest(bench).run();
        SizeResult result = bench.findings().result(bench.trials().rows());

        assertThat(result.lossCurve()).extracting(LossPoint::framesPerSecond).doesNotHaveDuplicates();
        assertThat(result.trials()).hasSize(result.lossCurve().size() + 1);
        assertThat(result.testerLimited()).isEmpty();
    }

    @Test
    void loadsThatAreTooMuchForTheTesterAreNamed() throws Exception {
        Bench bench = Plans.bench(path().senderLimit(46_000), 0, 50_000);
        new LossTest(bench).run();
        SizeResult result = bench.findings().result(bench.trials().rows());

        assertThat(result.testerLimited())
                .containsExactly("The tester itself was the limit at 50,000 frames/s of the loss curve.");
        assertThat(result.lossCurve().getFirst().forwarded()).isCloseTo(CAPACITY, within(200.0));
    }

    @Test
    void backToBackFindsTheBufferAndCorrectsIt() throws Exception {
        SimulatedPath path = new SimulatedPath(CAPACITY, 500);
        Bench bench = Plans.bench(path, CAPACITY, 2 * CAPACITY);
        new BackToBackTest(bench).run();

        assertThat(bench.findings().result(List.of()).backToBack()).hasValueSatisfying(found -> {
            // While so many frames come at twice the rate of the server, it takes half of them.
            assertThat(found.frames()).isCloseTo(1_000, within(8.0));
            assertThat(found.min()).isEqualTo(found.max());
            assertThat(found.deviation()).isZero();
            assertThat(found.unbounded()).isFalse();
            assertThat(found.correctedBufferSeconds().orElseThrow())
                    .isCloseTo(found.frames() / (2 * CAPACITY) / 2, within(1e-9));
        });
        assertThat(path.trials()).allMatch(trial -> trial.load() instanceof Load.Burst);
    }

    @Test
    void burstsOfSeveralStreamsCountTogether() throws Exception {
        Bench bench = Plans.bench(new SimulatedPath(CAPACITY, 500).streams(2), CAPACITY, 2 * CAPACITY);
        new BackToBackTest(bench).run();

        assertThat(bench.findings().result(List.of()).backToBack().orElseThrow().frames())
                .isCloseTo(1_000, within(8.0));
    }

    @Test
    void aBufferLargerThanTheLongestBurstIsUnbounded() throws Exception {
        Bench bench = Plans.bench(new SimulatedPath(CAPACITY, 1_000_000), CAPACITY, 2 * CAPACITY);
        new BackToBackTest(bench).run();

        assertThat(bench.findings().result(List.of()).backToBack()).hasValueSatisfying(found -> {
            assertThat(found.unbounded()).isTrue();
            assertThat(found.correctedBufferSeconds()).isEmpty();
        });
    }

    @Test
    void whereTheHighestRateIsForwardedNoBurstFillsABuffer() throws Exception {
        SimulatedPath path = path();
        Bench bench = Plans.bench(path, 15_000, 15_000);
        new BackToBackTest(bench).run();
        new RecoveryTest(bench).run();

        assertThat(path.trials()).isEmpty();
        assertThat(bench.findings().notes()).hasSize(2);
        assertThat(bench.findings().notes().get(0)).contains("15,000 frames/s, the highest rate there is to send");
        assertThat(bench.findings().notes().get(1)).contains("no higher rate to send than the path forwards");
    }

    @Test
    void aPlainQueueRecoversAtOnce() throws Exception {
        Bench bench = Plans.bench(path(), CAPACITY, 5 * CAPACITY);
        new RecoveryTest(bench).run();

        assertThat(bench.findings().result(List.of()).recovery()).hasValueSatisfying(found -> {
            assertThat(found.nanoseconds()).isZero();
            assertThat(found.overloadFramesPerSecond()).isCloseTo(22_000, within(1e-6));
            assertThat(found.thenFramesPerSecond()).isCloseTo(11_000, within(1e-6));
        });
    }

    @Test
    void recoveryIsTheTimeFromTheEndOfTheOverloadToTheLastFrameLost() throws Exception {
        SimulatedPath path = path().stunned(0.2);
        Bench bench = Plans.bench(path, CAPACITY, 5 * CAPACITY);
        new RecoveryTest(bench).run();

        assertThat(path.trials()).hasSize(2);
        assertThat((double) bench.findings()
                        .result(List.of())
                        .recovery()
                        .orElseThrow()
                        .nanoseconds())
                .isCloseTo(200e6, within(1e9 / 11_000 + 1));
    }

    @Test
    void whatDoesNotRecoverInTimeIsSaid() throws Exception {
        Bench bench = Plans.bench(path().stunned(5), CAPACITY, 5 * CAPACITY);
        new RecoveryTest(bench).run();

        assertThat(bench.findings().result(List.of()).recovery()).isEmpty();
        assertThat(bench.findings().notes())
                .singleElement()
                .asString()
                .contains("had not recovered from an overload of 22,000 frames/s", "after 11,000 frames/s for 0.5 s.");
    }

    @Test
    void anOverloadThatLosesNothingShowsNoRecovery() throws Exception {
        Bench bench = Plans.bench(path(), CAPACITY / 2, 5 * CAPACITY);
        new RecoveryTest(bench).run();

        assertThat(bench.findings().result(List.of()).recovery()).isEmpty();
        assertThat(bench.findings().notes()).singleElement().asString().contains("lost nothing");
    }

    @Test
    void aSoakIsToldByIntervalsTheLastOfWhichMayBeShorter() {
        TestPlan plan = Plans.plan(
                TestPlan.Search.BINARY,
                EnumSet.of(Procedure.SOAK),
                Optional.empty(),
                Optional.of(new Rate.Frames(10_000)));
        SizeResult result = Plans.run(path().silent(0.05, 0.06), plan).result();

        assertThat(result.throughput()).isEmpty();
        assertThat(result.soak()).extracting(SoakInterval::toSecond).containsExactly(0.1, 0.2, 0.25);
        assertThat(result.soak()).extracting(SoakInterval::sent).containsExactly(1_000L, 1_000L, 500L);
        assertThat(result.soak()).extracting(SoakInterval::lost).containsExactly(100L, 100L, 0L);
        assertThat(result.soak()).allMatch(interval -> interval.maxLatency() > 10_000);
    }

    @Test
    void anInterruptionKeepsWhatWasFound() {
        TestPlan plan = Plans.of(Procedure.THROUGHPUT, Procedure.LATENCY, Procedure.LOSS);
        SimulatedPath whole = path();
        int all = Plans.run(whole, plan).result().trials().size();
        SizeResult last = Plans.run(path().interruptedAt(0), plan).result();
        assertThat(last.trials()).isEmpty();
        for (int trial = 1; trial < all; trial++) {
            SizeResult result = Plans.run(path().interruptedAt(trial), plan).result();
            assertThat(result.trials()).hasSize(trial);
            assertThat(result.lossCurve().size())
                    .isGreaterThanOrEqualTo(last.lossCurve().size());
            assertThat(result.throughput().isPresent() || last.throughput().isEmpty())
                    .isTrue();
            assertThat(result.latency().isPresent() || last.latency().isEmpty()).isTrue();
            last = result;
        }
        assertThat(last.throughput()).isPresent();
        assertThat(last.latency().orElseThrow().repeatMeans()).hasSize(4);
        assertThat(last.lossCurve()).isNotEmpty();
    }

    @Test
    void progressNamesEachProcedureAndItsState() {
        List<String> heard = new ArrayList<>();
        SizeTest _ = Plans.run(
                path(),
                Plans.of(TestPlan.Search.MLR, Procedure.THROUGHPUT, Procedure.LATENCY),
                OptionalLong.empty(),
                (frames, procedure, state) -> heard.add(frames + "|" + procedure + "|" + state));

        assertThat(heard.getFirst()).isEqualTo("64|what the sender can|sending as fast as possible");
        assertThat(heard)
                .anySatisfy(line -> assertThat(line)
                        .matches("64\\|throughput 1 of 3\\|trying [\\d,]+, NDR [\\d,]+ to [\\d,]+, PDR .*"))
                .anySatisfy(line -> assertThat(line).matches("64\\|latency 4 of 4\\|at [\\d,]+/s"));
    }

    @Test
    void theReportRowsSayWhatEachTrialWas() {
        SimulatedPath path = path();
        SizeResult result = Plans.run(path, Plans.of(Procedure.THROUGHPUT)).result();
        TrialResult second = path.trials().get(1);
        TrialRow row = result.trials().get(1);

        assertThat(row.purpose()).isEqualTo("throughput");
        assertThat(row.framesPerSecond()).isEqualTo(((Load.Paced) second.load()).framesPerSecond());
        assertThat(row.sent()).isEqualTo(second.sent());
        assertThat(row.lost()).isEqualTo(second.lost()).isPositive();
    }
}
