package org.sluice.traffic.procedure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import org.sluice.traffic.report.SizeResult.Goal;
import org.sluice.traffic.report.SizeResult.Throughput;
import org.sluice.traffic.search.BinarySearch;
import org.sluice.traffic.search.Bounds;
import org.sluice.traffic.search.GoalResult;
import org.sluice.traffic.search.MultipleLossRatioSearch;
import org.sluice.traffic.search.Outcome;
import org.sluice.traffic.search.SearchGoal;
import org.sluice.traffic.search.SearchResult;
import org.sluice.traffic.search.SearchState;
import org.sluice.traffic.search.Width;

/**
 * Section 26.1 of RFC 2544: the highest rate at which as many frames arrive as were sent. It is searched as often as the profile says;
 * the answer is the median, and the spread of the answers says how repeatable it is.
 */
final class ThroughputTest {
    /** MLRsearch begins with trials of a second, as RFC 9971 has it, or of this part of the last ones if that is shorter. */
    private static final int FIRST_TRIALS_PART = 4;

    private static final Duration LONGEST_FIRST_TRIAL = Duration.ofSeconds(1);

    private final Bench bench;
    private final TestPlan.Search search;

    ThroughputTest(Bench bench, TestPlan.Search search) {
        this.bench = bench;
        this.search = search;
    }

    void run() throws InterruptedException {
        List<Bounds> found = new ArrayList<>();
        int searches = bench.profile().searches();
        for (int number = 1; number <= searches; number++) {
            String name = "throughput" + (searches > 1 ? " " + number + " of " + searches : "");
            found.add(
                    switch (search) {
                        case BINARY -> binary(name);
                        case MLR -> multipleLossRatios(name, number == 1);
                    });
            bench.findings().throughput(throughput(found));
        }
        sayWhetherTesterLimited(median(found));
    }

    private Bounds binary(String name) throws InterruptedException {
        return new BinarySearch(
                        bench.profile().trial(),
                        Width.relative(bench.profile().width()),
                        /* lossRatio= */ 0,
                        /* confirmations= */ 0)
                .run(this::trial, bench.highest().limits(), state -> say(name, state))
                .bounds();
    }

    /** The search for NDR, which is the throughput, and PDR in one. What the first search found of them is told in full. */
    private Bounds multipleLossRatios(String name, boolean first) throws InterruptedException {
        SearchResult result = new MultipleLossRatioSearch(
                        List.of(shortened(SearchGoal.nonDropRate()), shortened(SearchGoal.partialDropRate())))
                .run(this::trial, bench.highest().limits(), state -> say(name, state));
        if (first) {
            bench.findings()
                    .goals(result.goals().stream().map(ThroughputTest::goal).toList());
        }
        return switch (result.goals().getFirst()) {
            case GoalResult.Regular regular ->
                new Bounds(regular.lowerBound(), regular.upperBound(), OptionalDouble.empty());
            case GoalResult.Irregular irregular -> irregular.bounds();
        };
    }

    private SearchGoal shortened(SearchGoal goal) {
        Duration trial = bench.profile().trial();
        Duration part = trial.dividedBy(FIRST_TRIALS_PART);
        Duration first = part.compareTo(LONGEST_FIRST_TRIAL) < 0 ? part : LONGEST_FIRST_TRIAL;
        return goal.withDurations(first, trial, trial)
                .withWidth(Width.relative(bench.profile().width()));
    }

    private Outcome trial(double rate, Duration duration) throws InterruptedException {
        return bench.trials().outcome("throughput", rate, duration);
    }

    private void say(String name, SearchState state) {
        bench.progress().say(name, state);
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
        List<Double> repeats = found.stream().map(ThroughputTest::rate).toList();
        Bounds median = median(found);
        double rate = rate(median);
        double width = median.end().isPresent() ? median.end().getAsDouble() - rate : 0;
        return new Throughput(rate, rate * bench.trials().mix().mean() * Byte.SIZE, width, repeats);
    }

    /** The one in the middle by its lower bound; of an even number the lower one, so that it is one that was measured. */
    private static Bounds median(List<Bounds> found) {
        List<Bounds> ordered = found.stream()
                .sorted(Comparator.comparingDouble(ThroughputTest::rate))
                .toList();
        return ordered.get((ordered.size() - 1) / 2);
    }

    private static double rate(Bounds bounds) {
        return bounds.lower().orElse(0);
    }

    /** Only of the search that gives the answer: a search beside it that the tester spoiled changes nothing. */
    private void sayWhetherTesterLimited(Bounds answer) {
        if (answer.isTesterLimited()) {
            bench.findings()
                    .testerLimited(
                            "At " + Findings.number(answer.testerLimit().getAsDouble())
                                    + " frames/s the tester itself was the limit, before the path lost a frame that was sent in time.");
        } else if (answer.end().isEmpty() && bench.highest().isSenders()) {
            bench.findings()
                    .testerLimited("The sender can offer no more than "
                            + Findings.number(bench.highest().framesPerSecond())
                            + " frames/s, and the path forwarded all of them.");
        }
    }
}
