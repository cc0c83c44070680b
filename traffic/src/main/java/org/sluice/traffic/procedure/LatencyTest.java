package org.sluice.traffic.procedure;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.sluice.traffic.engine.Latencies;
import org.sluice.traffic.report.SizeResult.LatencyResult;
import org.sluice.traffic.trial.Latency;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.TrialResult;

/**
 * Section 26.2 of RFC 2544: latency at the throughput, in several trials whose means are averaged. The RFC tags one frame of each
 * trial; here many carry a time stamp, so that there is a distribution too.
 */
final class LatencyTest {
    private final Bench bench;

    LatencyTest(Bench bench) {
        this.bench = bench;
    }

    void run() throws InterruptedException {
        if (!bench.hasThroughput(Procedure.LATENCY)) {
            return;
        }
        double rate = bench.rate();
        int repeats = bench.profile().latencyRepeats();
        Latencies all = new Latencies();
        List<Double> means = new ArrayList<>();
        long sent = 0;
        long lost = 0;
        int doubtful = 0;
        for (int number = 1; number <= repeats; number++) {
            bench.progress().say("latency " + number + " of " + repeats, rate);
            TrialResult result = bench.trials()
                    .runForTimes("latency", new Load.Paced(rate, bench.profile().latencyTrial()));
            sent += result.sent();
            lost += result.lost();
            doubtful += result.doubts().isEmpty() ? 0 : 1;
            Histogram histogram = bench.trials().latencies();
            if (histogram.getTotalCount() > 0) {
                all.add(histogram);
                means.add(histogram.getMean());
            }
            Optional<Latency> summary = all.summary();
            summary.ifPresent(found -> bench.findings().latency(new LatencyResult(rate, found, means)));
        }
        if (means.isEmpty()) {
            bench.findings().note("no frame with a time stamp arrived, so latency could not be measured.");
        }
        if (lost > 0) {
            bench.findings()
                    .note(
                            Findings.number(lost) + " of " + Findings.number(sent)
                                    + " frames were lost while latency was measured at the throughput, in trials longer or later than those that found it.");
        }
        if (doubtful > 0) {
            bench.findings()
                    .note(
                            doubtful + " of " + repeats
                                    + " latency trials were doubtful however often they were repeated, so the largest latencies may be the tester's.");
        }
    }
}
