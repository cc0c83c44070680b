package org.sluice.traffic.search;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The trials of one search: does them, repeats those in which the tester was the limit, counts, and tells the listener. */
final class TrialRun {
    private final Trials trials;
    private final SearchLimits limits;
    private final SearchListener listener;
    private final List<Outcome> outcomes = new ArrayList<>();
    private Duration measured = Duration.ZERO;

    TrialRun(Trials trials, SearchLimits limits, SearchListener listener) {
        this.trials = requireNonNull(trials, "trials is null");
        this.limits = requireNonNull(limits, "limits is null");
        this.listener = requireNonNull(listener, "listener is null");
    }

    List<Outcome> outcomes() {
        return List.copyOf(outcomes);
    }

    /** Whether there may be no more trials. */
    boolean isExhausted() {
        return outcomes.size() >= limits.maxTrials();
    }

    /** The first trusted outcome, or the last one when none could be trusted. Not to be called when exhausted. */
    Outcome measure(Step first, Supplier<List<GoalState>> goals) throws InterruptedException {
        Step step = first;
        Outcome outcome = once(step, goals);
        for (int repeat = 0; repeat < limits.repeats() && !outcome.trusted() && !isExhausted(); repeat++) {
            step = step.repeated();
            outcome = once(step, goals);
        }
        return outcome;
    }

    /** Tells the listener that the search is over. */
    void end(List<GoalState> goals) {
        tell(goals, null);
    }

    private Outcome once(Step step, Supplier<List<GoalState>> goals) throws InterruptedException {
        tell(goals.get(), step);
        Outcome outcome = requireNonNull(trials.measure(step.load(), step.duration()), "outcome is null");
        if (outcome.load() != step.load() || !outcome.duration().equals(step.duration())) {
            // A trial that calls itself shorter would never decide a load, and the search would try it again and again.
            throw new IllegalStateException("A trial at " + step.load() + " frames per second for " + step.duration()
                    + " answered for " + outcome.load() + " and " + outcome.duration()
                    + ": the outcome has to name what was asked for.");
        }
        outcomes.add(outcome);
        measured = measured.plus(step.duration());
        return outcome;
    }

    private void tell(List<GoalState> goals, @Nullable Step planned) {
        listener.onTrial(new SearchState(goals, outcomes, measured, planned));
    }
}
