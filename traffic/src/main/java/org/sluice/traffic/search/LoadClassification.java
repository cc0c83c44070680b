package org.sluice.traffic.search;

import java.time.Duration;
import java.util.List;

/**
 * What the trials at one load mean for a goal: the Load Classification of RFC 9971 section 4.7.2, computed as in section 6.1 and
 * appendix A.
 */
public enum LoadClassification {
    /** The load holds, whatever else would be measured within the goal's duration sum. */
    LOWER_BOUND,
    /** The load fails, whatever else would be measured within the goal's duration sum. */
    UPPER_BOUND,
    /** It takes more trials to tell. */
    UNDECIDED;

    /**
     * Classifies a load.
     *
     * @param trials all trusted trials at this load, of any duration, in any order; none leave it undecided
     */
    public static LoadClassification of(SearchGoal goal, List<Outcome> trials) {
        // In whole nanoseconds, so that trials that add up to the duration sum do so exactly.
        long fullLengthHighLoss = sum(goal, trials, true, true);
        long fullLengthLowLoss = sum(goal, trials, true, false);
        long shortHighLoss = sum(goal, trials, false, true);
        long shortLowLoss = sum(goal, trials, false, false);

        double exceedCoefficient = goal.exceedRatio() / (1 - goal.exceedRatio());
        double positiveExcess = Math.max(0, shortHighLoss - shortLowLoss * exceedCoefficient);
        double effectiveHighLoss = fullLengthHighLoss + positiveExcess;
        double effectiveWhole = Math.max(effectiveHighLoss + fullLengthLowLoss, (double)
                goal.durationSum().toNanos());
        double tolerated = effectiveWhole * goal.exceedRatio();
        double pessimisticHighLoss = effectiveWhole - fullLengthLowLoss;
        if (effectiveHighLoss > tolerated) {
            return UPPER_BOUND;
        }
        return pessimisticHighLoss <= tolerated ? LOWER_BOUND : UNDECIDED;
    }

    private static long sum(SearchGoal goal, List<Outcome> trials, boolean fullLength, boolean highLoss) {
        return trials.stream()
                .filter(trial -> goal.isFullLength(trial) == fullLength && goal.isHighLoss(trial) == highLoss)
                .map(Outcome::duration)
                .mapToLong(Duration::toNanos)
                .sum();
    }
}
