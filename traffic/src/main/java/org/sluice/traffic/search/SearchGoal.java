package org.sluice.traffic.search;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What an MLRsearch looks for: the Search Goal of RFC 9971 section 4.6.7, with the names of section 4.6.
 *
 * <p>The last two are this implementation's: a search comes to a goal by coarser targets with shorter trials, which cost little.
 *
 * @param name how results and progress name it
 * @param lossRatio Goal Loss Ratio: a trial that loses a larger share is a high-loss trial; 0 or more and less than 1
 * @param exceedRatio Goal Exceed Ratio: the share of the duration sum that may be high-loss at a lower bound; 0 or more and less
 *     than 1
 * @param initialTrialDuration Goal Initial Trial Duration: the shortest trials to use
 * @param finalTrialDuration Goal Final Trial Duration: trials this long are full-length; at least the initial one
 * @param durationSum Goal Duration Sum: full-length trials of this much together always decide a load
 * @param width Goal Width: how far apart the bounds of an answer may be; best no smaller than the loss ratio
 * @param precedingTargets how many targets with shorter trials and a smaller sum come before the goal itself, 0 or more
 * @param expansionCoefficient how much longer each next stride is in the search for a lost bound, at least 1
 */
public record SearchGoal(
        String name,
        double lossRatio,
        double exceedRatio,
        Duration initialTrialDuration,
        Duration finalTrialDuration,
        Duration durationSum,
        Width width,
        int precedingTargets,
        double expansionCoefficient) {
    private static final Width WIDTH = Width.relative(0.005);
    private static final int PRECEDING_TARGETS = 2;
    private static final double EXPANSION_COEFFICIENT = 2;

    /** Checks the ranges. */
    public SearchGoal {
        requireNonNull(name, "name is null");
        Loads.requireRatio("goal loss ratio", lossRatio);
        Loads.requireRatio("goal exceed ratio", exceedRatio);
        Loads.requirePositive("goal initial trial duration", initialTrialDuration);
        Loads.requirePositive("goal final trial duration", finalTrialDuration);
        Loads.requirePositive("goal duration sum", durationSum);
        requireNonNull(width, "width is null");
        if (initialTrialDuration.compareTo(finalTrialDuration) > 0) {
            throw new IllegalArgumentException("The goal's initial trial duration " + initialTrialDuration
                    + " is longer than the final one " + finalTrialDuration + ": use one that is not.");
        }
        if (precedingTargets < 0) {
            throw new IllegalArgumentException(
                    "A goal cannot have " + precedingTargets + " preceding targets: use 0 or more.");
        }
        if (!(expansionCoefficient >= 1) || Double.isInfinite(expansionCoefficient)) {
            throw new IllegalArgumentException(
                    "The expansion coefficient is " + expansionCoefficient + ": use a finite number of 1 or more.");
        }
    }

    /**
     * A goal whose answer for a loss ratio of 0 is the throughput of RFC 2544, as RFC 9971 section 4.10.2 has it: decided by one
     * trial of 60 seconds, that may not exceed the loss ratio. Trials begin with one second; the width is 0.5 % of the load.
     */
    public static SearchGoal rfc2544(String name, double lossRatio) {
        Duration duration = Duration.ofSeconds(60);
        return new SearchGoal(
                name,
                lossRatio,
                0,
                Duration.ofSeconds(1),
                duration,
                duration,
                WIDTH,
                PRECEDING_TARGETS,
                EXPANSION_COEFFICIENT);
    }

    /**
     * A goal as FD.io's CSIT uses it for software that is not quiet: trials of one second, 21 of them at the most, half of which may
     * exceed the loss ratio. Quick and repeatable, but not RFC 2544's throughput.
     */
    public static SearchGoal manyShortTrials(String name, double lossRatio) {
        Duration duration = Duration.ofSeconds(1);
        return new SearchGoal(
                name,
                lossRatio,
                0.5,
                duration,
                duration,
                Duration.ofSeconds(21),
                WIDTH,
                PRECEDING_TARGETS,
                EXPANSION_COEFFICIENT);
    }

    /** The Non-Drop Rate by RFC 2544's rules: no frame lost. */
    public static SearchGoal nonDropRate() {
        return rfc2544("NDR", 0);
    }

    /** The Partial Drop Rate as FD.io has it, by RFC 2544's rules but for the loss: 0.5 % of the frames lost at the most. */
    public static SearchGoal partialDropRate() {
        return rfc2544("PDR", 0.005);
    }

    /** The same with other durations. */
    public SearchGoal withDurations(Duration initialTrial, Duration finalTrial, Duration sum) {
        return new SearchGoal(
                name,
                lossRatio,
                exceedRatio,
                initialTrial,
                finalTrial,
                sum,
                width,
                precedingTargets,
                expansionCoefficient);
    }

    /** The same with another width. */
    public SearchGoal withWidth(Width other) {
        return new SearchGoal(
                name,
                lossRatio,
                exceedRatio,
                initialTrialDuration,
                finalTrialDuration,
                durationSum,
                other,
                precedingTargets,
                expansionCoefficient);
    }

    /** Whether the trial is full-length for this goal, as section 4.7.1.4 has it. */
    boolean isFullLength(Outcome trial) {
        return trial.duration().compareTo(finalTrialDuration) >= 0;
    }

    /** Whether the trial is high-loss for this goal, as section 4.7.1.1 has it. */
    boolean isHighLoss(Outcome trial) {
        return trial.lossRatio() > lossRatio;
    }

    /** The targets in their order, the goal itself last: their trial durations and duration sums grow by equal factors. */
    List<SearchGoal> targets() {
        List<SearchGoal> targets = new ArrayList<>();
        for (int i = 0; i < precedingTargets; i++) {
            double progress = (double) i / precedingTargets;
            targets.add(withDurations(
                    initialTrialDuration,
                    between(initialTrialDuration, finalTrialDuration, progress),
                    between(initialTrialDuration, durationSum, progress)));
        }
        targets.add(this);
        return List.copyOf(targets);
    }

    /** In whole milliseconds, as people read it, but never 0. */
    private static Duration between(Duration first, Duration last, double progress) {
        double ratio = Loads.seconds(last) / Loads.seconds(first);
        long millis = Math.round(first.toMillis() * Math.pow(ratio, progress));
        return millis > 0 ? Duration.ofMillis(millis) : first;
    }
}
