package org.sluice.traffic.procedure;

import java.util.OptionalDouble;
import org.sluice.traffic.report.SizeResult.BackToBack;
import org.sluice.traffic.search.BackToBackResult;
import org.sluice.traffic.search.BackToBackSearch;
import org.sluice.traffic.search.BurstOutcome;
import org.sluice.traffic.search.BurstState;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.StreamResult;
import org.sluice.traffic.trial.TrialResult;

/**
 * Section 26.4 of RFC 2544 as RFC 9004 updates it: the longest burst at the highest rate that is forwarded whole, and what it says of the
 * device's buffer.
 */
final class BackToBackTest {
    /** Exact to a thousandth of the longest burst. */
    private static final long RESOLUTION = 1_000;

    private final Bench bench;

    BackToBackTest(Bench bench) {
        this.bench = bench;
    }

    void run() throws InterruptedException {
        if (!bench.hasThroughput(Procedure.BACK_TO_BACK)) {
            return;
        }
        double highest = bench.highest().framesPerSecond();
        if (bench.rate() >= highest) {
            // RFC 9004, section 6.1.
            bench.findings()
                    .note(
                            "the path forwards " + Findings.number(highest)
                                    + " frames/s, the highest rate there is to send, so that no burst fills its buffer and back-to-back has nothing to find.");
            return;
        }
        long most =
                Math.max(1, Math.round(highest * bench.profile().longestBurst().toNanos() / 1e9));
        BackToBackResult result = BackToBackSearch.rfc9004(highest)
                .withMaxFrames(most)
                .withResolution(Math.max(1, most / RESOLUTION))
                .withRepetitions(bench.profile().bursts())
                .run(this::burst, this::say);
        bench.findings()
                .backToBack(new BackToBack(
                        result.average(),
                        result.minimum(),
                        result.maximum(),
                        result.standardDeviation(),
                        result.atMaximum()
                                ? OptionalDouble.empty()
                                : OptionalDouble.of(result.correctedBufferTime(highest, bench.rate())),
                        result.atMaximum()));
        if (result.testerLimited()) {
            bench.findings()
                    .testerLimited("Some bursts left the sender with gaps, so the longest burst may be another.");
        }
        if (bench.highest().isSenders()) {
            bench.findings()
                    .note("bursts were sent at " + Findings.number(highest)
                            + " frames/s, the highest rate of the sender and not of the medium.");
        }
    }

    private BurstOutcome burst(long frames) throws InterruptedException {
        TrialResult result = bench.trials()
                .run("back-to-back", new Load.Burst(frames, bench.highest().framesPerSecond()));
        long all = result.streams().stream().mapToLong(StreamResult::intended).sum();
        return new BurstOutcome(
                all,
                all - Math.min(all, result.received()),
                TrialRecorder.doubtsOfLosses(result).isEmpty());
    }

    private void say(BurstState state) {
        bench.progress()
                .say(
                        "back-to-back " + state.repetition() + " of " + state.repetitions(),
                        Findings.number(state.held()) + " frames held so far");
    }
}
