package org.sluice.traffic.procedure;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.sluice.traffic.report.SizeResult.LossPoint;
import org.sluice.traffic.search.LossCurve;
import org.sluice.traffic.search.Outcome;

/** Section 26.3 of RFC 2544: the share of frames lost from the highest rate downwards, until two successive rates lose none. */
final class LossTest {
    private final Bench bench;

    LossTest(Bench bench) {
        this.bench = bench;
    }

    void run() throws InterruptedException {
        LossCurve.Result result = new LossCurve(
                        bench.profile().lossSteps(), bench.profile().trial())
                .run(
                        this::trial,
                        bench.highest().limits(),
                        state -> bench.progress().say("loss", state));
        List<Outcome> limited = result.points().stream()
                .map(org.sluice.traffic.search.LossPoint::outcome)
                .filter(outcome -> !outcome.trusted())
                .toList();
        if (!limited.isEmpty()) {
            bench.findings()
                    .testerLimited("The tester itself was the limit at "
                            + limited.stream()
                                    .map(outcome -> Findings.number(outcome.load()))
                                    .collect(Collectors.joining(" and "))
                            + " frames/s of the loss curve.");
        }
    }

    /** Each trial is a point at once; a repeated one takes the place of the doubtful one before. */
    private Outcome trial(double rate, Duration duration) throws InterruptedException {
        Outcome outcome = bench.trials().outcome("loss", rate, duration);
        // What a sender that was too slow offered is not the load that it should have.
        double forwarded = outcome.trusted()
                ? outcome.forwardingRate()
                : (outcome.sent() - outcome.lost()) * 1e9 / duration.toNanos();
        bench.findings().lossPoint(new LossPoint(rate, forwarded, outcome.lossRatio()));
        return outcome;
    }
}
