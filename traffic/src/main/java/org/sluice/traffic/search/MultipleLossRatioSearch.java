package org.sluice.traffic.search;

import static java.util.Comparator.comparingDouble;
import static java.util.Objects.requireNonNull;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * MLRsearch: the Controller of RFC 9971 section 4.9.2. It looks for several goals at once, each trial counting for all of them;
 * which trial is next, is this implementation's own (see {@link GoalTracker}). Among the trials that the goals want, the one at the
 * smallest load comes first: an upper bound found there can take away an answer above it, but none below (section 5.3.5).
 *
 * <p>A device that needs a warm-up has to be warm before the search, as that section says.
 *
 * <p>Immutable and thread-safe.
 */
public final class MultipleLossRatioSearch {
    private static final Comparator<Step> ORDER = comparingDouble(Step::load).thenComparing(Step::duration);

    private final List<SearchGoal> goals;

    /**
     * A search for these goals. A goal's final trial duration is best the same for all of them (section 4.6.1).
     *
     * @param goals at least one, with different names
     */
    public MultipleLossRatioSearch(List<SearchGoal> goals) {
        this.goals = List.copyOf(goals);
        if (goals.isEmpty()) {
            throw new IllegalArgumentException("A search needs a goal: give at least one.");
        }
        if (goals.stream().map(SearchGoal::name).distinct().count() < goals.size()) {
            throw new IllegalArgumentException("Two goals have the same name: give each its own.");
        }
    }

    /** A search for the Non-Drop Rate and the Partial Drop Rate by RFC 2544's durations. */
    public static MultipleLossRatioSearch nonAndPartialDropRate() {
        return new MultipleLossRatioSearch(List.of(SearchGoal.nonDropRate(), SearchGoal.partialDropRate()));
    }

    /**
     * Searches. It ends when no goal wants another trial, and at the limit's number of trials at the latest.
     *
     * @throws InterruptedException when a trial was interrupted; the listener has heard of those before
     */
    public SearchResult run(Trials trials, SearchLimits limits, SearchListener listener) throws InterruptedException {
        TrialRun run = new TrialRun(trials, requireNonNull(limits, "limits is null"), listener);
        LoadResults results = new LoadResults();
        List<GoalTracker> trackers =
                goals.stream().map(goal -> new GoalTracker(goal, limits)).toList();
        Optional<Step> step = next(trackers, results);
        while (step.isPresent() && !run.isExhausted()) {
            results.add(step.get().load(), run.measure(step.get(), () -> states(trackers, results)));
            step = next(trackers, results);
        }
        run.end(states(trackers, results));
        return new SearchResult(
                trackers.stream()
                        .map(tracker -> result(tracker, limits, results))
                        .toList(),
                run.outcomes());
    }

    private static Optional<Step> next(List<GoalTracker> trackers, LoadResults results) {
        return trackers.stream()
                .flatMap(tracker -> tracker.next(results).stream())
                .min(ORDER);
    }

    private static List<GoalState> states(List<GoalTracker> trackers, LoadResults results) {
        return trackers.stream().map(tracker -> tracker.state(results)).toList();
    }

    private static GoalResult result(GoalTracker tracker, SearchLimits limits, LoadResults results) {
        SearchGoal goal = tracker.goal();
        Bounds bounds = results.bounds(goal);
        OptionalDouble throughput = bounds.lower().isPresent()
                ? OptionalDouble.of(ConditionalThroughput.of(
                        goal,
                        bounds.lower().getAsDouble(),
                        results.at(bounds.lower().getAsDouble())))
                : OptionalDouble.empty();
        if (bounds.lower().isPresent() && bounds.upper().isPresent()) {
            double lower = bounds.lower().getAsDouble();
            double upper = bounds.upper().getAsDouble();
            if (goal.width().isReached(lower, upper, limits.maxLoad())) {
                return new GoalResult.Regular(goal, lower, upper, throughput.getAsDouble());
            }
        }
        return new GoalResult.Irregular(goal, reason(tracker, bounds, results), bounds, throughput);
    }

    private static Ending reason(GoalTracker tracker, Bounds bounds, LoadResults results) {
        if (!tracker.isDone(results)) {
            return Ending.TRIALS_EXHAUSTED;
        }
        if (bounds.isTesterLimited()) {
            return Ending.TESTER_LIMITED;
        }
        return bounds.upper().isPresent() ? Ending.MIN_LOAD_FAILS : Ending.MAX_LOAD_PASSES;
    }
}
