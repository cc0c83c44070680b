package org.sluice.traffic.search;

import java.time.Duration;
import java.util.List;

/**
 * What an MLRsearch found: the Controller Output of RFC 9971 section 4.8.6.
 *
 * @param goals one result for each goal, in the order of the goals
 * @param trials all trials in their order, untrusted ones included
 */
public record SearchResult(List<GoalResult> goals, List<Outcome> trials) {
    /** Copies the lists. */
    public SearchResult {
        goals = List.copyOf(goals);
        trials = List.copyOf(trials);
    }

    /** The result for the goal with the name. */
    public GoalResult goal(String name) {
        return goals.stream()
                .filter(result -> result.goal().name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("The search had no goal \"" + name + "\"."));
    }

    /** The sum of the trials' durations, without the pauses between them. */
    public Duration measured() {
        return trials.stream().map(Outcome::duration).reduce(Duration.ZERO, Duration::plus);
    }
}
