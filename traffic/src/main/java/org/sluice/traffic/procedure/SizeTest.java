package org.sluice.traffic.procedure;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.sluice.traffic.report.SizeResult;

/**
 * All procedures of a plan with one frame size or mix, in the order of RFC 2544's sections. What was found so far can be asked for at
 * any time. For one thread.
 */
final class SizeTest {
    private final TestPlan plan;
    private final OptionalLong linkSpeed;
    private final TrialRecorder trials;
    private final Findings findings;
    private final SizeProgress progress;
    private final OptionalDouble lineRate;

    /** @param linkSpeed bits a second of the medium; absent when it has no speed of its own */
    SizeTest(TrialSource source, TestPlan plan, OptionalLong linkSpeed, ProgressListener listener) {
        this.plan = plan;
        this.linkSpeed = linkSpeed;
        this.trials = new TrialRecorder(source);
        this.lineRate = linkSpeed.isPresent()
                ? OptionalDouble.of(source.mix().lineRate(linkSpeed.getAsLong()))
                : OptionalDouble.empty();
        this.findings = new Findings(source.mix(), lineRate);
        this.progress = new SizeProgress(source.mix().label(), listener);
    }

    /** Runs everything that the plan names, and the throughput whenever something else builds on it. */
    void run() throws InterruptedException {
        progress.say("what the sender can", "sending as fast as possible");
        double allowed = plan.highestRate()
                .map(rate -> rate.of(trials.mix(), linkSpeed))
                .orElseGet(() -> lineRate.orElse(Double.POSITIVE_INFINITY));
        Bench bench = new Bench(trials, findings, plan.profile(), HighestRate.find(trials, allowed), progress);
        for (Procedure procedure : Procedure.values()) {
            if (plan.procedures().contains(procedure)
                    || (procedure == Procedure.THROUGHPUT && plan.needsThroughput())) {
                run(procedure, bench);
            }
        }
    }

    private void run(Procedure procedure, Bench bench) throws InterruptedException {
        switch (procedure) {
            case THROUGHPUT -> new ThroughputTest(bench, plan.search()).run();
            case LATENCY -> new LatencyTest(bench).run();
            case LOSS -> new LossTest(bench).run();
            case BACK_TO_BACK -> new BackToBackTest(bench).run();
            case RECOVERY -> new RecoveryTest(bench).run();
            case RESET -> ResetTest.of(bench, plan.reset().orElseThrow()).run();
            case SOAK -> new SoakTest(bench, soakRate(), plan.soakFor()).run();
        }
    }

    private OptionalDouble soakRate() {
        return plan.soakRate()
                .map(rate -> OptionalDouble.of(rate.of(trials.mix(), linkSpeed)))
                .orElse(OptionalDouble.empty());
    }

    /** What was found so far. */
    SizeResult result() {
        return findings.result(trials.rows());
    }

    /** What could not be measured and what to know about figures, one sentence each. */
    List<String> notes() {
        return findings.notes();
    }
}
