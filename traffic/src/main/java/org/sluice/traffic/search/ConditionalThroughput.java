package org.sluice.traffic.search;

import static java.util.Comparator.comparingDouble;

import java.util.List;

/** The Conditional Throughput of RFC 9971 section 4.8.3: the forwarding rate that a lower bound can be relied on for. */
public final class ConditionalThroughput {
    private ConditionalThroughput() {}

    /**
     * Computes it as appendix B does, which counts what is missing to the duration sum as lost; section 6.2 in prose leaves that out.
     *
     * @param load a load that is a lower bound for the goal
     * @param trials all trusted trials at this load, at least one of them full-length
     * @return frames per second, 0 to {@code load}
     */
    public static double of(SearchGoal goal, double load, List<Outcome> trials) {
        List<Outcome> fullLength = trials.stream()
                .filter(goal::isFullLength)
                .sorted(comparingDouble(Outcome::lossRatio))
                .toList();
        if (fullLength.isEmpty()) {
            throw new IllegalArgumentException("The load " + load + " has no full-length trial for the goal "
                    + goal.name() + ": use a lower bound of it.");
        }
        long measured = fullLength.stream()
                .mapToLong(trial -> trial.duration().toNanos())
                .sum();
        double remaining = Math.max(measured, goal.durationSum().toNanos()) * (1 - goal.exceedRatio());
        double lossRatio = fullLength.getFirst().lossRatio();
        for (Outcome trial : fullLength) {
            if (remaining <= 0) {
                break;
            }
            lossRatio = trial.lossRatio();
            remaining -= trial.duration().toNanos();
        }
        return remaining > 0 ? 0 : load * (1 - lossRatio);
    }
}
