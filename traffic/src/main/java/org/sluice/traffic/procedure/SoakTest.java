package org.sluice.traffic.procedure;

import java.time.Duration;
import java.util.OptionalDouble;
import org.HdrHistogram.Histogram;
import org.sluice.traffic.report.SizeResult.SoakInterval;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.TrialResult;

/** A fixed load for a long time, told by intervals; after each is a pause, in which late frames are waited for. */
final class SoakTest {
    private final Bench bench;
    private final OptionalDouble wanted;
    private final Duration duration;

    /** @param wanted frames a second; the throughput when absent */
    SoakTest(Bench bench, OptionalDouble wanted, Duration duration) {
        this.bench = bench;
        this.wanted = wanted;
        this.duration = duration;
    }

    void run() throws InterruptedException {
        if (wanted.isEmpty() && !bench.hasThroughput(Procedure.SOAK)) {
            return;
        }
        double rate = wanted.orElseGet(bench::rate);
        Duration longest = bench.profile().soakInterval();
        long intervals = Math.ceilDiv(duration.toMillis(), longest.toMillis());
        Duration from = Duration.ZERO;
        for (long number = 1; number <= intervals; number++) {
            Duration left = duration.minus(from);
            Duration interval = left.compareTo(longest) < 0 ? left : longest;
            bench.progress().say("soak " + number + " of " + intervals, rate);
            TrialResult result = bench.trials().run("soak", new Load.Paced(rate, interval));
            Histogram latencies = bench.trials().latencies();
            Duration to = from.plus(interval);
            bench.findings()
                    .soakInterval(new SoakInterval(
                            from.toMillis() / 1e3,
                            to.toMillis() / 1e3,
                            result.sent(),
                            result.lost(),
                            latencies.getTotalCount() == 0 ? 0 : latencies.getMaxValue()));
            from = to;
        }
    }
}
