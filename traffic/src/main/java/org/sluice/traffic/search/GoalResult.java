package org.sluice.traffic.search;

import static java.util.Objects.requireNonNull;

import java.util.OptionalDouble;

/** The answer for one goal: the Goal Result of RFC 9971 section 4.8.4. */
public sealed interface GoalResult {
    /** The goal that it answers. */
    SearchGoal goal();

    /** The Relevant Lower Bound in frames per second. In an irregular result only an effective one, or none. */
    OptionalDouble lowerBound();

    /** The Relevant Upper Bound in frames per second. */
    OptionalDouble upperBound();

    /** The Conditional Throughput at the lower bound in frames per second. */
    OptionalDouble throughput();

    /** Whether the tester and not the device was the limit, so that the device may be better than the answer. */
    boolean testerLimited();

    /**
     * Both bounds were found, no further apart than the goal's width: section 4.8.4.1.
     *
     * @param relevantLowerBound in frames per second
     * @param relevantUpperBound in frames per second
     * @param conditionalThroughput in frames per second
     */
    record Regular(SearchGoal goal, double relevantLowerBound, double relevantUpperBound, double conditionalThroughput)
            implements GoalResult {
        /** Checks the order. */
        public Regular {
            requireNonNull(goal, "goal is null");
            if (!(relevantLowerBound < relevantUpperBound)) {
                throw new IllegalArgumentException("The lower bound " + relevantLowerBound
                        + " is not below the upper bound " + relevantUpperBound + ".");
            }
        }

        @Override
        public OptionalDouble lowerBound() {
            return OptionalDouble.of(relevantLowerBound);
        }

        @Override
        public OptionalDouble upperBound() {
            return OptionalDouble.of(relevantUpperBound);
        }

        @Override
        public OptionalDouble throughput() {
            return OptionalDouble.of(conditionalThroughput);
        }

        @Override
        public boolean testerLimited() {
            return false;
        }
    }

    /**
     * The search ended otherwise: section 4.8.4.2. A report has to mark these bounds as irregular.
     *
     * @param reason why; never {@link Ending#FOUND}
     * @param bounds what is known nevertheless
     * @param throughput the conditional throughput at the lower bound, if there is one
     */
    record Irregular(SearchGoal goal, Ending reason, Bounds bounds, OptionalDouble throughput) implements GoalResult {
        /** Checks the reason. */
        public Irregular {
            requireNonNull(goal, "goal is null");
            requireNonNull(bounds, "bounds is null");
            requireNonNull(throughput, "throughput is null");
            if (requireNonNull(reason, "reason is null") == Ending.FOUND) {
                throw new IllegalArgumentException("A result that was found is regular.");
            }
        }

        @Override
        public OptionalDouble lowerBound() {
            return bounds.lower();
        }

        @Override
        public OptionalDouble upperBound() {
            return bounds.upper();
        }

        @Override
        public boolean testerLimited() {
            return bounds.isTesterLimited();
        }
    }
}
