package org.sluice.traffic.search;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far a search is: what a live display shows.
 *
 * @param goals one for each goal, in the order they were given; empty for a curve
 * @param trials all trials so far, untrusted ones included
 * @param measured the sum of their durations
 * @param planned the trial that begins now, null when the search is over
 */
public record SearchState(
        List<GoalState> goals,
        List<Outcome> trials,
        Duration measured,
        @Nullable Step planned) {
    /** Checks for null and copies the lists. */
    public SearchState {
        goals = List.copyOf(goals);
        trials = List.copyOf(trials);
        requireNonNull(measured, "measured is null");
    }

    /** The last trial. */
    public Optional<Outcome> last() {
        return trials.isEmpty() ? Optional.empty() : Optional.of(trials.getLast());
    }

    /** The trial that begins now; empty when the search is over. */
    public Optional<Step> next() {
        return Optional.ofNullable(planned);
    }
}
