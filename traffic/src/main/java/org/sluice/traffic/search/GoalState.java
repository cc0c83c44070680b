package org.sluice.traffic.search;

import static java.util.Objects.requireNonNull;

/**
 * How far a search is with one goal.
 *
 * @param goal its name
 * @param bounds what is known; in MLRsearch at the target that the goal is at, and so by shorter trials at first
 * @param target the target that the goal is at, 1 to {@code targets}
 * @param targets how many there are; the last one is the goal itself
 * @param done whether it wants no more trials
 */
public record GoalState(String goal, Bounds bounds, int target, int targets, boolean done) {
    /** Checks the ranges. */
    public GoalState {
        requireNonNull(goal, "goal is null");
        requireNonNull(bounds, "bounds is null");
        if (target < 1 || target > targets) {
            throw new IllegalArgumentException("There is no target " + target + " of " + targets + ".");
        }
    }
}
