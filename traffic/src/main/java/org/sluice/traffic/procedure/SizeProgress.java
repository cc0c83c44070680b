package org.sluice.traffic.procedure;

import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.sluice.traffic.search.GoalState;
import org.sluice.traffic.search.SearchState;

/** Tells a listener what is done with one frame size or mix. */
record SizeProgress(String frames, ProgressListener listener) {
    void say(String what, String state) {
        listener.at(frames, what, state);
    }

    void say(String what, double rate) {
        say(what, "at " + rate(rate) + "/s");
    }

    /** The load under way and the bounds so far. */
    void say(String what, SearchState state) {
        boolean several = state.goals().size() > 1;
        String bounds = state.goals().stream()
                .map(goal -> (several ? goal.goal() + " " : "") + bounds(goal))
                .collect(Collectors.joining(", "));
        String trying = state.next().map(step -> "trying " + rate(step.load())).orElse("");
        say(what, trying + (trying.isEmpty() || bounds.isEmpty() ? "" : ", ") + bounds);
    }

    private static String bounds(GoalState goal) {
        return rate(goal.bounds().lower()) + " to " + rate(goal.bounds().end());
    }

    private static String rate(OptionalDouble bound) {
        return bound.isPresent() ? rate(bound.getAsDouble()) : "?";
    }

    private static String rate(double framesPerSecond) {
        return Findings.number(framesPerSecond);
    }
}
