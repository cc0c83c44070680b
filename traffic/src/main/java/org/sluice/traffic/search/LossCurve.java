package org.sluice.traffic.search;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The frame loss rate test of RFC 2544 section 26.3: the maximum load first, then in even steps downwards until two successive trials
 * lost nothing. A trial in which the tester was the limit is a point, but not one that lost nothing.
 *
 * <p>Immutable and thread-safe.
 *
 * @param steps how many there are from the maximum load down to none, at least 10: the RFC allows no coarser ones
 * @param trialDuration how long each trial is; 60 seconds by the RFC's section 24
 */
public record LossCurve(int steps, Duration trialDuration) {
    private static final int COARSEST = 10;
    private static final int SUCCESSIVE = 2;
    private static final String GOAL = "loss";

    /** Checks the ranges. */
    public LossCurve {
        if (steps < COARSEST) {
            throw new IllegalArgumentException("A loss curve of " + steps
                    + " steps is coarser than RFC 2544 allows: use at least " + COARSEST + ".");
        }
        Loads.requirePositive("trial duration", trialDuration);
    }

    /** Steps of 10 % of the maximum load and trials of 60 seconds. */
    public static LossCurve rfc2544() {
        return new LossCurve(COARSEST, Duration.ofSeconds(60));
    }

    /**
     * Measures the curve. It ends above the minimum load, and at the limit's number of trials at the latest.
     *
     * @throws InterruptedException when a trial was interrupted; the listener has heard of those before
     */
    public Result run(Trials trials, SearchLimits limits, SearchListener listener) throws InterruptedException {
        TrialRun run = new TrialRun(trials, limits, listener);
        List<LossPoint> points = new ArrayList<>();
        int lossless = 0;
        for (int step = steps; step > 0 && lossless < SUCCESSIVE && !run.isExhausted(); step--) {
            double fraction = (double) step / steps;
            double load = fraction * limits.maxLoad();
            if (load < limits.minLoad()) {
                break;
            }
            Step.Reason reason = step == steps ? Step.Reason.MAX_LOAD : Step.Reason.CURVE;
            Outcome outcome = run.measure(new Step(load, trialDuration, GOAL, reason), List::of);
            points.add(new LossPoint(fraction, outcome));
            lossless = outcome.trusted() && outcome.lost() == 0 ? lossless + 1 : 0;
        }
        run.end(List.of());
        return new Result(points, lossless >= SUCCESSIVE, run.outcomes());
    }

    /**
     * A measured curve.
     *
     * @param points from the maximum load downwards
     * @param complete whether it ends with two successive trials that lost nothing, as the RFC asks
     * @param trials all trials in their order, repeats included
     */
    public record Result(List<LossPoint> points, boolean complete, List<Outcome> trials) {
        /** Copies the lists. */
        public Result {
            points = List.copyOf(points);
            trials = List.copyOf(trials);
        }

        /** Whether the tester was the limit at one of the points. */
        public boolean testerLimited() {
            return points.stream().anyMatch(point -> !point.outcome().trusted());
        }
    }
}
