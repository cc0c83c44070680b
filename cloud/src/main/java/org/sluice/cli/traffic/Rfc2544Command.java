package org.sluice.cli.traffic;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.path.PathRequest;
import org.sluice.traffic.path.PathResolver;
import org.sluice.traffic.procedure.TestPlan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sluice traffic rfc2544}: the tests of RFC 2544 on one path. */
@Command(
        name = "rfc2544",
        mixinStandardHelpOptions = true,
        description = "Measure throughput, latency, loss, bursts and recovery of the path between two interfaces.")
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
        TestPlan plan = BadOption.in(spec, () -> measured.plan(path.isIpv6()));
        BadOption.in(spec, () -> {
            reports.check();
            return path.mode();
        });
        List<Stream> streams = PathResolver.streams(request);
        Instant started = Instant.now();
        return Interruptible.run(() -> {
            boolean complete = false;
            MeasuredPath measuredPath;
            try (LiveDisplay display = new LiveDisplay()) {
                measuredPath = new MeasuredPath(streams, List.of(), plan, path.mode(), display);
                try {
                    measuredPath.run();
                    complete = true;
                } catch (InterruptedException stopped) {
                    display.at("", "stopped", "writing what was found so far");
                }
            }
            reports.write(
                    Reports.of(
                            spec.commandLine(),
                            started,
                            complete,
                            plan,
                            List.of(measuredPath.result(
                                    "path", "Path", Paths.describe(streams, path.mode()), false, List.of(), List.of())),
                            List.of()),
                    spec.commandLine().getOut());
            return complete ? 0 : BadOption.STOPPED;
        });
    }
}
