package org.sluice.traffic.search;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The throughput test of RFC 2544 section 26.1, as the binary search with which everybody does it (RFC 9971 section 2.1): the
 * maximum load first, then always the middle between the largest load that held and the smallest that failed. The minimum load
 * is tried only when nothing above it held.
 *
 * <p>Immutable and thread-safe.
 *
 * @param trialDuration how long each trial is
 * @param width how far apart the bounds of an answer may be
 * @param lossRatio the share of frames that may be lost at a load that holds, 0 or more and less than 1; the RFC's throughput has 0
 * @param confirmations how often the answer has to hold again; when it does not, it has failed and the search goes on below it
 */
public record BinarySearch(Duration trialDuration, Width width, double lossRatio, int confirmations) {
    private static final String GOAL = "throughput";

    /** Checks the ranges. */
    public BinarySearch {
        Loads.requirePositive("trial duration", trialDuration);
        requireNonNull(width, "width is null");
        Loads.requireRatio("acceptable loss ratio", lossRatio);
        if (confirmations < 0) {
            throw new IllegalArgumentException(
                    "An answer cannot be confirmed " + confirmations + " times: use 0 or more.");
        }
    }

    /** As RFC 2544 has it: trials of 60 seconds (section 24), no loss at all; to 0.5 % of the maximum load. */
    public static BinarySearch rfc2544() {
        return new BinarySearch(Duration.ofSeconds(60), Width.ofMaxLoad(0.005), 0, 0);
    }

    /** The same with trials of another duration. */
    public BinarySearch withTrialDuration(Duration duration) {
        return new BinarySearch(duration, width, lossRatio, confirmations);
    }

    /** The same with another width. */
    public BinarySearch withWidth(Width other) {
        return new BinarySearch(trialDuration, other, lossRatio, confirmations);
    }

    /** The same with another acceptable loss. */
    public BinarySearch withLossRatio(double ratio) {
        return new BinarySearch(trialDuration, width, ratio, confirmations);
    }

    /** The same with another number of confirmations. */
    public BinarySearch withConfirmations(int number) {
        return new BinarySearch(trialDuration, width, lossRatio, number);
    }

    /**
     * Searches. It ends after about {@code log2(1 / width)} trials and their confirmations, and at the limit's number of trials at
     * the latest.
     *
     * @throws InterruptedException when a trial was interrupted; the listener has heard of those before
     */
    public ThroughputResult run(Trials trials, SearchLimits limits, SearchListener listener)
            throws InterruptedException {
        TrialRun run = new TrialRun(trials, limits, listener);
        Bisection bisection = new Bisection();
        Optional<Step> step = next(bisection, limits);
        while (step.isPresent() && !run.isExhausted()) {
            double load = step.get().load();
            Outcome outcome = run.measure(step.get(), () -> List.of(state(bisection, false)));
            if (!outcome.trusted()) {
                bisection.limitedAt(load);
            } else if (outcome.lossRatio() <= lossRatio) {
                bisection.heldAt(load);
            } else {
                bisection.failedAt(load);
            }
            step = next(bisection, limits);
        }
        run.end(List.of(state(bisection, true)));
        return new ThroughputResult(
                step.isPresent() ? Ending.TRIALS_EXHAUSTED : ending(bisection.bounds(), limits),
                bisection.bounds(),
                run.outcomes());
    }

    private Optional<Step> next(Bisection bisection, SearchLimits limits) {
        Bounds bounds = bisection.bounds();
        if (bounds.end().isEmpty()) {
            return bounds.lower().isPresent()
                    ? confirmation(bisection, bounds.lower().getAsDouble())
                    : step(limits.maxLoad(), Step.Reason.MAX_LOAD);
        }
        double lower = bounds.lower().orElse(limits.minLoad());
        double end = bounds.end().getAsDouble();
        if (end > lower && !width.isReached(lower, end, limits.maxLoad())) {
            return step((lower + end) / 2, Step.Reason.HALVE);
        }
        if (bounds.lower().isPresent()) {
            return confirmation(bisection, lower);
        }
        return end > lower ? step(lower, Step.Reason.MIN_LOAD) : Optional.empty();
    }

    private Optional<Step> confirmation(Bisection bisection, double load) {
        return bisection.timesHeldAt(load) > confirmations ? Optional.empty() : step(load, Step.Reason.CONFIRM);
    }

    private Optional<Step> step(double load, Step.Reason reason) {
        return Optional.of(new Step(load, trialDuration, GOAL, reason));
    }

    private Ending ending(Bounds bounds, SearchLimits limits) {
        if (bounds.end().isEmpty()) {
            return Ending.MAX_LOAD_PASSES;
        }
        if (bounds.lower().isPresent()
                && bounds.upper().isPresent()
                && width.isReached(bounds.lower().getAsDouble(), bounds.upper().getAsDouble(), limits.maxLoad())) {
            return Ending.FOUND;
        }
        return bounds.isTesterLimited() ? Ending.TESTER_LIMITED : Ending.MIN_LOAD_FAILS;
    }

    private static GoalState state(Bisection bisection, boolean done) {
        return new GoalState(GOAL, bisection.bounds(), 1, 1, done);
    }
}
