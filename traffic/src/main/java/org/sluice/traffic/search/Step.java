package org.sluice.traffic.search;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * One trial that a search wants to do: the Trial Input of RFC 9971 section 4.5.3 and why.
 *
 * @param load frames per second
 * @param duration how long to send
 * @param goal the name of the goal that wants it
 * @param reason why this load
 */
public record Step(double load, Duration duration, String goal, Reason reason) {
    /** Why a search tries a load. */
    public enum Reason {
        /** The maximum load: where a search starts. */
        MAX_LOAD("start at the maximum"),
        /** About what the device forwarded at the maximum load. */
        FORWARDING_RATE("what the maximum load let through"),
        /** Whether a lower bound of shorter trials holds in longer ones. */
        REFINE_LOWER("the lower bound again, for longer"),
        /** Whether an upper bound of shorter trials fails in longer ones. */
        REFINE_UPPER("the upper bound again, for longer"),
        /** Below all loads that failed. */
        EXTEND_DOWN("further down for a lower bound"),
        /** Above all loads that held. */
        EXTEND_UP("further up for an upper bound"),
        /** Between the bounds. */
        HALVE("halve the interval"),
        /** The minimum load, as everything above failed. */
        MIN_LOAD("the minimum, as all above failed"),
        /** The next point of a curve. */
        CURVE("the next point of the curve"),
        /** The answer once more. */
        CONFIRM("confirm the answer"),
        /** The same once more, because the tester was the limit. */
        REPEAT("again, as the tester was the limit");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        /** A few words for a person. */
        public String text() {
            return text;
        }
    }

    /** Checks the ranges. */
    public Step {
        Loads.requirePositive("load", load);
        Loads.requirePositive("duration", duration);
        requireNonNull(goal, "goal is null");
        requireNonNull(reason, "reason is null");
    }

    Step repeated() {
        return new Step(load, duration, goal, Reason.REPEAT);
    }
}
