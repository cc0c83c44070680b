package org.sluice.traffic.procedure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import org.sluice.traffic.engine.Latencies;
import org.sluice.traffic.engine.Measurement;
import org.sluice.traffic.report.SizeResult;
import org.sluice.traffic.report.SizeResult.BackToBack;
import org.sluice.traffic.report.SizeResult.Goal;
import org.sluice.traffic.report.SizeResult.LatencyResult;
import org.sluice.traffic.report.SizeResult.LossPoint;
import org.sluice.traffic.report.SizeResult.Recovery;
import org.sluice.traffic.report.SizeResult.Reset;
import org.sluice.traffic.report.SizeResult.SoakInterval;
import org.sluice.traffic.report.SizeResult.Throughput;
import org.sluice.traffic.search.BackToBackResult;
import org.sluice.traffic.search.BackToBackSearch;
import org.sluice.traffic.search.BinarySearch;
import org.sluice.traffic.search.Bounds;
import org.sluice.traffic.search.BurstOutcome;
import org.sluice.traffic.search.Ending;
import org.sluice.traffic.search.GoalResult;
import org.sluice.traffic.search.LossCurve;
import org.sluice.traffic.search.MultipleLossRatioSearch;
import org.sluice.traffic.search.Outcome;
import org.sluice.traffic.search.SearchGoal;
import org.sluice.traffic.search.SearchLimits;
import org.sluice.traffic.search.SearchResult;
import org.sluice.traffic.search.SearchState;
import org.sluice.traffic.search.ThroughputResult;
import org.sluice.traffic.search.Width;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.StreamResult;
import org.sluice.traffic.trial.TrialResult;

/**
 * All procedures of a plan with one frame size or mix. Keeps what it has found, so that an interruption loses nothing: {@link #result}
 * can be asked at any time. For one thread.
 */
final class SizeTest {
    /** A paced sender that has to find the time for pacing reaches so much of what one can that does nothing but send. */
    private static final double PACED_SHARE = 0.95;

    private static final Duration CAPABILITY_TRIAL = Duration.ofMillis(500);
    private static final Duration SHORTEST_TRIAL = Duration.ofSeconds(1);
    private static final int REPEATS_OF_DOUBTFUL = 2;
    private static final double LOWEST_SHARE = 0.001;
    private static final double OVERLOAD = 1.1;

    /** An overload smaller than this overloads nothing. */
    private static final double SMALLEST_OVERLOAD = 1.02;

    private static final Duration RESET_TRIAL = Duration.ofSeconds(20);
    private static final Duration BEFORE_RESET = Duration.ofSeconds(3);

    private final Measurement measurement;
    private final TestPlan plan;
    private final Profile profile;
    private final OptionalLong linkSpeed;
    private final ProgressListener progress;
    private final TrialRecorder trials;
    private final int streams;
    private final List<String> testerLimited = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private double highest;
    private boolean highestIsSenders;
    private @Nullable Throughput throughput;
    private final List<Goal> goals = new ArrayList<>();
    private @Nullable LatencyResult latency;
    private final List<LossPoint> lossCurve = new ArrayList<>();
    private @Nullable BackToBack backToBack;
    private @Nullable Recovery recovery;
    private @Nullable Reset reset;
    private final List<SoakInterval> soak = new ArrayList<>();

    /** @param linkSpeed bits a second of the medium; absent when it has no speed of its own */
    SizeTest(Measurement measurement, TestPlan plan, int streams, OptionalLong linkSpeed, ProgressListener progress) {
        this.measurement = measurement;
        this.plan = plan;
        this.profile = plan.profile();
        this.streams = streams;
        this.linkSpeed = linkSpeed;
        this.progress = progress;
        this.trials = new TrialRecorder(measurement);
    }

    /** Runs everything that the plan names. */
    void run() throws InterruptedException {
        findHighestRate();
        for (Procedure procedure : Procedure.values()) {
            if (procedure == Procedure.THROUGHPUT || plan.procedures().contains(procedure)) {
                run(procedure);
            }
        }
    }

    private void run(Procedure procedure) throws InterruptedException {
        switch (procedure) {
            case THROUGHPUT -> {
                if (needsThroughput()) {
                    searchThroughput();
                }
            }
            case LATENCY -> measureLatency();
            case LOSS -> measureLoss();
            case BACK_TO_BACK -> searchBursts();
            case RECOVERY -> measureRecovery();
            case RESET -> measureReset();
            case SOAK -> soak();
        }
    }

    /** Every procedure but the loss curve and a soak at a given rate builds on the throughput. */
    private boolean needsThroughput() {
        return plan.procedures().stream().anyMatch(procedure -> switch (procedure) {
            case THROUGHPUT, LATENCY, BACK_TO_BACK, RECOVERY, RESET -> true;
            case SOAK -> plan.soakRate().isEmpty();
            case LOSS -> false;
        });
    }

    private void findHighestRate() throws InterruptedException {
        say("what the sender can", "sending as fast as possible");
        TrialResult unpaced = trials.run("sender", new Load.Unpaced(CAPABILITY_TRIAL));
        double sender = unpaced.streams().stream()
                        .mapToDouble(StreamResult::sentPerSecond)
                        .min()
                        .orElseThrow()
                * PACED_SHARE;
        double medium = plan.highestRate()
                .map(rate -> rate.of(measurement.mix(), linkSpeed))
                .orElseGet(() -> lineRate().orElse(Double.MAX_VALUE));
        highestIsSenders = sender < medium;
        highest = Math.max(1, Math.min(sender, medium));
    }

    private OptionalDouble lineRate() {
        return linkSpeed.isPresent()
                ? OptionalDouble.of(measurement.mix().lineRate(linkSpeed.getAsLong()))
                : OptionalDouble.empty();
    }

    private SearchLimits limits() {
        // Low enough to find what a device hardly forwards, high enough for a frame in the shortest trial.
        double lowest = Math.min(highest, Math.max(2, highest * LOWEST_SHARE));
        return new SearchLimits(lowest, highest, 500, REPEATS_OF_DOUBTFUL);
    }

    private void searchThroughput() throws InterruptedException {
        List<Bounds> found = new ArrayList<>();
        boolean limited = false;
        for (int i = 0; i < profile.searches(); i++) {
            String name = "throughput" + (profile.searches() > 1 ? " " + (i + 1) + " of " + profile.searches() : "");
            switch (plan.search()) {
                case BINARY -> {
                    ThroughputResult result = new BinarySearch(profile.trial(), Width.relative(profile.width()), 0, 0)
                            .run(this::throughputTrial, limits(), state -> say(name, state));
                    found.add(result.bounds());
                    limited |=
                            result.testerLimited() || (result.ending() == Ending.MAX_LOAD_PASSES && highestIsSenders);
                }
                case MLR -> {
                    SearchResult result =
                            multipleLossRatios().run(this::throughputTrial, limits(), state -> say(name, state));
                    GoalResult nonDropRate = result.goals().getFirst();
                    found.add(new Bounds(nonDropRate.lowerBound(), nonDropRate.upperBound(), OptionalDouble.empty()));
                    limited |= nonDropRate.testerLimited()
                            || (nonDropRate.upperBound().isEmpty() && highestIsSenders);
                    if (i == 0) {
                        result.goals().forEach(goal -> goals.add(goal(goal)));
                    }
                }
            }
            throughput = throughput(found);
        }
        if (limited) {
            testerLimited.add(String.format(
                    Locale.ROOT,
                    "The sender reached its own limit near %,.0f frames/s before the path lost a frame.",
                    highest));
        }
    }

    private Outcome throughputTrial(double rate, Duration duration) throws InterruptedException {
        return trials.outcome("throughput", rate, duration);
    }

    private MultipleLossRatioSearch multipleLossRatios() {
        Duration first = profile.trial().compareTo(SHORTEST_TRIAL) > 0
                ? SHORTEST_TRIAL
                : profile.trial().dividedBy(4);
        return new MultipleLossRatioSearch(List.of(
                SearchGoal.nonDropRate()
                        .withDurations(first, profile.trial(), profile.trial())
                        .withWidth(Width.relative(profile.width())),
                SearchGoal.partialDropRate()
                        .withDurations(first, profile.trial(), profile.trial())
                        .withWidth(Width.relative(profile.width()))));
    }

    private static Goal goal(GoalResult result) {
        return new Goal(
                result.goal().name(),
                result.goal().lossRatio(),
                result.lowerBound().orElse(0),
                result.upperBound(),
                result.throughput().orElse(0),
                result instanceof GoalResult.Regular);
    }

    private Throughput throughput(List<Bounds> found) {
        List<Double> repeats =
                found.stream().map(bounds -> bounds.lower().orElse(0)).toList();
        List<Bounds> ordered = found.stream()
                .sorted(Comparator.comparingDouble(bounds -> bounds.lower().orElse(0)))
                .toList();
        Bounds median = ordered.get((ordered.size() - 1) / 2);
        double rate = median.lower().orElse(0);
        double width = median.end().isPresent() ? median.end().getAsDouble() - rate : 0;
        return new Throughput(rate, rate * measurement.mix().mean() * Byte.SIZE, width, repeats);
    }

    private double rate() {
        return throughput == null ? 0 : throughput.framesPerSecond();
    }

    /** Whether there is a throughput to measure at; says why something is left out when there is none. */
    private boolean hasThroughput(Procedure procedure) {
        if (rate() > 0) {
            return true;
        }
        notes.add("With frames of " + frames() + " bytes nothing is forwarded without loss, so " + procedure
                + " could not be measured.");
        return false;
    }

    private void measureLatency() throws InterruptedException {
        if (!hasThroughput(Procedure.LATENCY)) {
            return;
        }
        Latencies all = new Latencies();
        List<Double> means = new ArrayList<>();
        for (int i = 0; i < profile.latencyRepeats(); i++) {
            say("latency " + (i + 1) + " of " + profile.latencyRepeats(), at(rate()));
            TrialResult _ =
                    trials.runTrusted("latency", new Load.Paced(rate(), profile.latencyTrial()), REPEATS_OF_DOUBTFUL);
            Histogram histogram = measurement.latencies();
            if (histogram.getTotalCount() > 0) {
                all.add(histogram);
                means.add(histogram.getMean());
            }
            if (!means.isEmpty()) {
                latency = new LatencyResult(rate(), all.summary().orElseThrow(), means);
            }
        }
    }

    private void measureLoss() throws InterruptedException {
        LossCurve.Result result = new LossCurve(profile.lossSteps(), profile.trial())
                .run(
                        (rate, duration) -> {
                            Outcome outcome = trials.outcome("loss", rate, duration);
                            lossCurve.removeIf(point -> point.framesPerSecond() == rate);
                            lossCurve.add(new LossPoint(rate, outcome.forwardingRate(), outcome.lossRatio()));
                            return outcome;
                        },
                        limits(),
                        state -> say("loss", state));
        if (result.testerLimited()) {
            testerLimited.add("Some loads of the loss curve were too much for the tester itself.");
        }
    }

    private void searchBursts() throws InterruptedException {
        if (!hasThroughput(Procedure.BACK_TO_BACK)) {
            return;
        }
        long most = Math.max(1, Math.round(highest * profile.longestBurst().toNanos() / 1e9));
        BackToBackResult result = BackToBackSearch.rfc9004(highest)
                .withMaxFrames(most)
                .withResolution(Math.max(1, most / 1_000))
                .withRepetitions(profile.bursts())
                .run(
                        this::burst,
                        state -> say(
                                "back-to-back " + state.repetition() + " of " + state.repetitions(),
                                String.format(Locale.ROOT, "%,d frames held so far", state.held())));
        boolean fills = rate() < highest && !result.atMaximum();
        backToBack = new BackToBack(
                result.average(),
                result.minimum(),
                result.maximum(),
                result.standardDeviation(),
                fills ? OptionalDouble.of(result.correctedBufferTime(highest, rate())) : OptionalDouble.empty(),
                result.atMaximum());
        if (result.testerLimited()) {
            testerLimited.add("Some bursts left the sender with gaps, so the longest burst may be longer.");
        }
    }

    private BurstOutcome burst(long frames) throws InterruptedException {
        TrialResult result = trials.run("back-to-back", new Load.Burst(Math.max(1, frames), highest));
        long all = frames * streams;
        return new BurstOutcome(
                all,
                Math.min(all, all - Math.min(all, result.received())),
                result.doubts().isEmpty());
    }

    private void measureRecovery() throws InterruptedException {
        if (!hasThroughput(Procedure.RECOVERY)) {
            return;
        }
        double overload = Math.min(rate() * OVERLOAD, highest);
        if (overload < rate() * SMALLEST_OVERLOAD) {
            notes.add("With frames of " + frames()
                    + " bytes the tester cannot send more than the path forwards, so recovery from an overload could not"
                    + " be measured.");
            return;
        }
        say("recovery", at(overload));
        Load.Stepped load = new Load.Stepped(
                new Load.Paced(overload, profile.overload()), new Load.Paced(rate() / 2, profile.overload()));
        TrialResult result = trials.runTrusted("recovery", load, REPEATS_OF_DOUBTFUL);
        long atFirst = load.first().frames();
        double interval = 1e9 / load.then().framesPerSecond();
        long last = result.streams().stream()
                .mapToLong(stream -> stream.lastLost().orElse(0))
                .max()
                .orElse(0);
        recovery = new Recovery(overload, rate() / 2, last < atFirst ? 0 : Math.round((last - atFirst + 1) * interval));
    }

    private void measureReset() throws InterruptedException {
        if (!hasThroughput(Procedure.RESET)) {
            return;
        }
        String command = plan.reset().orElseThrow();
        say("reset", command);
        ResetCommand running = ResetCommand.after(BEFORE_RESET, command);
        try {
            TrialResult result = trials.run("reset", new Load.Paced(rate(), RESET_TRIAL));
            running.requireDone();
            long silence = result.streams().stream()
                    .mapToLong(StreamResult::longestSilenceNanoseconds)
                    .max()
                    .orElse(0);
            reset = new Reset(command, silence);
        } finally {
            running.close();
        }
    }

    private void soak() throws InterruptedException {
        double rate = plan.soakRate()
                .map(wanted -> wanted.of(measurement.mix(), linkSpeed))
                .orElseGet(this::rate);
        if (rate <= 0 && !hasThroughput(Procedure.SOAK)) {
            return;
        }
        double from = 0;
        long intervals =
                Math.max(1, plan.soakFor().toMillis() / profile.soakInterval().toMillis());
        double seconds = profile.soakInterval().toMillis() / 1000.0;
        for (long i = 0; i < intervals; i++) {
            say("soak " + (i + 1) + " of " + intervals, at(rate));
            TrialResult result = trials.run("soak", new Load.Paced(rate, profile.soakInterval()));
            Histogram histogram = measurement.latencies();
            soak.add(new SoakInterval(
                    from,
                    from + seconds,
                    result.sent(),
                    result.lost(),
                    histogram.getTotalCount() == 0 ? 0 : histogram.getMaxValue()));
            from += seconds;
        }
    }

    /** What was found so far. */
    SizeResult result() {
        return new SizeResult(
                frames(),
                measurement.mix().mean(),
                lineRate(),
                Optional.ofNullable(throughput),
                goals,
                Optional.ofNullable(latency),
                lossCurve,
                Optional.ofNullable(backToBack),
                Optional.ofNullable(recovery),
                Optional.ofNullable(reset),
                soak,
                trials.rows(),
                testerLimited);
    }

    /** What could not be measured, one sentence each. */
    List<String> notes() {
        return notes;
    }

    private String frames() {
        return measurement.mix().label();
    }

    private void say(String what, String state) {
        progress.at(frames(), what, state);
    }

    private void say(String what, SearchState state) {
        StringBuilder text = new StringBuilder();
        state.next().ifPresent(step -> text.append("trying ").append(rate(step.load())));
        state.goals().forEach(goal -> {
            text.append(text.isEmpty() ? "" : ", ");
            if (state.goals().size() > 1) {
                text.append(goal.goal()).append(' ');
            }
            text.append(
                            goal.bounds().lower().isPresent()
                                    ? rate(goal.bounds().lower().getAsDouble())
                                    : "?")
                    .append(" to ")
                    .append(
                            goal.bounds().end().isPresent()
                                    ? rate(goal.bounds().end().getAsDouble())
                                    : "?");
        });
        say(what, text.toString());
    }

    private static String at(double rate) {
        return "at " + rate(rate) + "/s";
    }

    private static String rate(double framesPerSecond) {
        return String.format(Locale.ROOT, "%,.0f", framesPerSecond);
    }
}
