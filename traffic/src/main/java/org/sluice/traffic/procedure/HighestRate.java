package org.sluice.traffic.procedure;

import java.time.Duration;
import org.sluice.traffic.search.SearchLimits;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.StreamResult;
import org.sluice.traffic.trial.TrialResult;

/**
 * The highest load that is tried: what the medium carries or the plan allows, or what the sender can if that is less.
 *
 * @param framesPerSecond of each stream, 1 or more
 * @param isSenders whether it is the sender's, so that a path that forwards it may forward more
 */
record HighestRate(double framesPerSecond, boolean isSenders) {
    /** A paced sender that has to find the time for pacing reaches so much of what one can that does nothing but send. */
    private static final double PACED_SHARE = 0.95;

    private static final Duration TRIAL = Duration.ofMillis(500);
    private static final double LOWEST_SHARE = 0.001;
    private static final int MOST_TRIALS = 500;

    /**
     * Finds it by one trial that nothing paces.
     *
     * @param allowed frames a second that the medium carries or the plan allows, infinite when neither has a limit
     */
    static HighestRate find(TrialRecorder trials, double allowed) throws InterruptedException {
        TrialResult unpaced = trials.run("sender", new Load.Unpaced(TRIAL));
        double sender = unpaced.streams().stream()
                        .mapToDouble(StreamResult::sentPerSecond)
                        .min()
                        .orElseThrow()
                * PACED_SHARE;
        return new HighestRate(Math.max(1, Math.min(sender, allowed)), sender < allowed);
    }

    /** Where a search looks: low enough to find what a device hardly forwards. */
    SearchLimits limits() {
        double lowest = Math.min(framesPerSecond, Math.max(2, framesPerSecond * LOWEST_SHARE));
        return new SearchLimits(lowest, framesPerSecond, MOST_TRIALS, TrialRecorder.REPEATS);
    }
}
