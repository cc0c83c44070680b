package org.sluice.traffic.procedure;

import java.util.ArrayList;
import java.util.List;
import org.sluice.traffic.report.SizeResult.Recovery;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.StreamResult;
import org.sluice.traffic.trial.TrialResult;

/**
 * Section 26.5 of RFC 2544: after 110 % of the throughput, or the highest rate if that is lower, the rate falls to half of that; the
 * time from there to the last frame lost is the answer, averaged over the repeats.
 */
final class RecoveryTest {
    private static final double OVERLOAD = 1.1;

    /** An overload smaller than this overloads nothing. */
    private static final double SMALLEST_OVERLOAD = 1.02;

    /** Who still loses frames in the last hundredth of the time has not recovered. */
    private static final long LAST = 100;

    private final Bench bench;

    RecoveryTest(Bench bench) {
        this.bench = bench;
    }

    void run() throws InterruptedException {
        if (!bench.hasThroughput(Procedure.RECOVERY)) {
            return;
        }
        double overload = Math.min(bench.rate() * OVERLOAD, bench.highest().framesPerSecond());
        if (overload < bench.rate() * SMALLEST_OVERLOAD) {
            bench.findings()
                    .note("there is no higher rate to send than the path forwards, so recovery could not be measured.");
            return;
        }
        Load.Stepped load = new Load.Stepped(
                new Load.Paced(overload, bench.profile().overload()),
                new Load.Paced(overload / 2, bench.profile().overload()));
        List<Long> times = new ArrayList<>();
        for (int number = 1; number <= bench.profile().recoveries(); number++) {
            bench.progress().say("recovery " + number + " of " + bench.profile().recoveries(), overload);
            TrialResult result = bench.trials().runForLosses("recovery", load);
            if (result.lost() == 0) {
                bench.findings()
                        .note("an overload of " + Findings.number(overload)
                                + " frames/s lost nothing, so there was nothing to recover from.");
                return;
            }
            long last = lastLost(result);
            if (last >= load.first().frames() + load.then().frames() * (LAST - 1) / LAST) {
                bench.findings()
                        .note("the path had not recovered from an overload of " + Findings.number(overload)
                                + " frames/s when the test ended after "
                                + Findings.number(load.then().framesPerSecond()) + " frames/s for "
                                + Profile.seconds(load.then().duration()) + " s.");
                return;
            }
            times.add(since(load, last));
            bench.findings()
                    .recovery(new Recovery(
                            overload,
                            load.then().framesPerSecond(),
                            Math.round(times.stream()
                                    .mapToLong(time -> time)
                                    .average()
                                    .orElseThrow())));
        }
    }

    /** Sequence number of the last frame that did not arrive, over all streams. */
    private static long lastLost(TrialResult result) {
        return result.streams().stream()
                .map(StreamResult::lastLost)
                .mapToLong(lost -> lost.orElse(0))
                .max()
                .orElseThrow();
    }

    /** When the frame was due after the end of the overload, in nanoseconds; 0 when it was part of the overload. */
    private static long since(Load.Stepped load, long frame) {
        return Math.max(
                0,
                Math.round((frame - load.first().frames()) * 1e9 / load.then().framesPerSecond()));
    }
}
