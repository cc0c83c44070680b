package org.sluice.traffic.procedure;

import java.time.Duration;
import org.sluice.linux.LinuxException;
import org.sluice.traffic.report.SizeResult.Reset;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.StreamResult;
import org.sluice.traffic.trial.TrialResult;

/**
 * Section 26.6 of RFC 2544 as RFC 6201 updates it: while frames arrive at the throughput, the operator's command resets the device; the
 * longest time in which nothing arrives is the answer.
 */
final class ResetTest {
    private final Bench bench;
    private final String command;
    private final Times times;

    /**
     * How long a reset test takes.
     *
     * @param trial how long frames are sent
     * @param before how long of that is before the reset
     * @param longest how long the command may take
     */
    record Times(Duration trial, Duration before, Duration longest) {}

    static ResetTest of(Bench bench, ResetPlan plan) {
        return new ResetTest(
                bench, plan.command(), new Times(plan.duration(), ResetPlan.BEFORE, plan.longestCommand()));
    }

    ResetTest(Bench bench, String command, Times times) {
        this.bench = bench;
        this.command = command;
        this.times = times;
    }

    /** @throws LinuxException codes {@code reset.failed}, {@code reset.hangs} */
    void run() throws InterruptedException {
        if (!bench.hasThroughput(Procedure.RESET)) {
            return;
        }
        bench.progress().say("reset", command);
        try (ResetCommand running = ResetCommand.after(times.before(), command, times.longest())) {
            TrialResult result = bench.trials().run("reset", new Load.Paced(bench.rate(), times.trial()));
            running.requireDone();
            tell(result);
        }
    }

    private void tell(TrialResult result) {
        if (result.streams().stream().anyMatch(ResetTest::isSilentAtTheEnd)) {
            bench.findings()
                    .note("the path did not forward again within the "
                            + Profile.seconds(times.trial().minus(times.before()))
                            + " s that were left after the reset command: give it longer (--reset-for).");
            return;
        }
        if (result.lost() == 0) {
            bench.findings()
                    .note("no frame was lost while the reset command ran: make sure that it resets the device.");
        }
        long silence = result.streams().stream()
                .filter(stream -> stream.lost() > 0)
                .mapToLong(StreamResult::longestSilenceNanoseconds)
                .max()
                .orElse(0);
        bench.findings().reset(new Reset("\"" + command + "\" was run", silence));
    }

    private static boolean isSilentAtTheEnd(StreamResult stream) {
        return stream.lost() > 0 && stream.lastLost().orElse(-1) == stream.sent() - 1;
    }
}
