package org.sluice.cli.traffic;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.path.PathRequest;
import org.sluice.traffic.path.PathResolver;
import org.sluice.traffic.procedure.TestPlan;
import org.sluice.traffic.report.PatternResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code sluice traffic rfc2544}: the tests of RFC 2544 on one path. Whatever ends it, what was found until then is reported, as far as
 * anything was.
 */
@Command(
        name = "rfc2544",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = "Measure throughput, latency, loss, bursts and recovery of the path between two interfaces.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:measured",
            "2:not done, or not all of it",
            "130:stopped by Ctrl-C (143 by SIGTERM); the report has what was found until then"
        },
        footerHeading = "Examples:%n",
        footer = {
            "  sluice traffic rfc2544 --tx eth1 --rx eth2 --json run.json",
            "  sluice traffic rfc2544 --tx eth1 --rx eth2 --gateway 198.18.0.254 \\\\",
            "      --test all --profile rfc",
            "  sluice traffic rfc2544 --tx tx@left --rx rx@right --two-way \\\\",
            "      --search mlr --sizes 64,imix"
        })
public final class Rfc2544Command implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final PathOptions path = new PathOptions();

    @Mixin
    private final PlanOptions measured = new PlanOptions();

    @Mixin
    private final ReportOptions reports = new ReportOptions();

    @Override
    public Integer call() throws Exception {
        PathRequest request = BadOption.in(spec, path::request);
        TestPlan asked = BadOption.in(spec, () -> measured.plan(path.isIpv6()));
        BadOption.in(spec, () -> {
            reports.check();
            return path.mode();
        });
        List<Stream> streams = PathResolver.streams(request);
        TestPlan plan = measured.namesSizes()
                ? asked
                : asked.orMinimum(streams.getFirst().frames());
        BadOption.in(spec, () -> {
            plan.requireRates(new Facts().linkSpeed(streams));
            return plan;
        });
        return Interruptible.run(() -> run(streams, plan, raised(asked, plan)));
    }

    private int run(List<Stream> streams, TestPlan plan, List<String> notes) {
        Instant started = Instant.now();
        MeasuredPath measuredPath;
        Outcome outcome;
        try (LiveDisplay display = new LiveDisplay()) {
            measuredPath = Undisturbed.call(() -> new MeasuredPath(streams, List.of(), plan, path.mode(), display));
            outcome = measure(measuredPath);
            if (outcome.stopped()) {
                display.at("", "stopped", "writing what was found so far");
            }
        }
        Optional<RuntimeException> failure = outcome.failure();
        if (failure.isPresent() && !measuredPath.hasFigures()) {
            throw failure.get();
        }
        List<String> leftOut = failure.stream()
                .map(why -> "The run ended early: " + why.getMessage())
                .toList();
        PatternResult result =
                measuredPath.result("path", "Path", Paths.describe(streams, path.mode()), false, List.of(), notes);
        Undisturbed.run(() -> reports.write(
                Reports.of(spec.commandLine(), started, outcome.complete(), plan, List.of(result), leftOut),
                spec.commandLine().getOut()));
        if (failure.isPresent()) {
            throw failure.get();
        }
        return outcome.stopped() ? BadOption.STOPPED : 0;
    }

    /** How measuring ended: to its end, by a signal, or by a failure. */
    private record Outcome(boolean stopped, Optional<RuntimeException> failure) {
        boolean complete() {
            return !stopped && failure.isEmpty();
        }
    }

    private static Outcome measure(MeasuredPath measuredPath) {
        try {
            measuredPath.run();
            return new Outcome(false, Optional.empty());
        } catch (InterruptedException stopped) {
            return new Outcome(true, Optional.empty());
        } catch (RuntimeException failure) {
            // Reading a file of the kernel's fails when it is interrupted, too.
            return Thread.interrupted()
                    ? new Outcome(true, Optional.empty())
                    : new Outcome(false, Optional.of(failure));
        }
    }

    /** What became of sizes that the RFC asks for and that these headers leave no room in. */
    private static List<String> raised(TestPlan asked, TestPlan plan) {
        return asked.mixes().equals(plan.mixes())
                ? List.of()
                : List.of("Frames of " + asked.mixes().getFirst()
                        + " bytes have no room for these headers and the tester's signature: "
                        + plan.mixes().getFirst() + " bytes were measured instead.");
    }
}
