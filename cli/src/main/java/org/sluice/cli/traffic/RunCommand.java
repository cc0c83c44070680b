package org.sluice.cli.traffic;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sluice.traffic.engine.Mode;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.machine.Host;
import org.sluice.traffic.procedure.TestPlan;
import org.sluice.traffic.scenario.Pattern;
import org.sluice.traffic.scenario.Scenarios;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice traffic run}: builds paths, measures each in the same way, and takes them away again. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description =
                "Build the paths that the talk compared, measure each in the same way, and take them away again. What this"
                        + " machine cannot build is left out, and the report says so.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:all measured that this machine can", "2:not done, or not all of it", "130:stopped"})
public final class RunCommand implements Callable<Integer> {
    private static final int FAILED = 2;
    private static final List<FrameMix> SHORT_SIZES = List.of(FrameMix.of(64), FrameMix.of(512), FrameMix.of(1518));

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "SCENARIO",
            description =
                    "four-patterns, or one of them: bare-forwarding, tuned-bare-forwarding, bridge-vm, bridge-namespace,"
                            + " one-vf, ten-vfs.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String scenario;

    @Mixin
    private final PlanOptions measured = new PlanOptions();

    @Option(
            names = "--mode",
            paramLabel = "mmsg|xdp",
            defaultValue = "mmsg",
            description = "mmsg: packet sockets, on every interface; xdp: AF_XDP; ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String mode;

    @Option(names = "--state", paramLabel = "DIR", description = StateFolder.DESCRIPTION)
    private @Nullable Path state;

    @Mixin
    private final MachineFlags machines = new MachineFlags();

    @Mixin
    private final ReportOptions reports = new ReportOptions();

    @Override
    public Integer call() throws Exception {
        Path folder = StateFolder.of(state);
        List<Pattern> patterns = BadOption.in(spec, () -> new Scenarios(folder, machines.options()).patterns(scenario));
        Mode how = BadOption.in(spec, () -> Mode.parse(mode));
        TestPlan plan = BadOption.in(spec, () -> measured.scenarioPlan(SHORT_SIZES));
        BadOption.in(spec, () -> {
            reports.check();
            return plan;
        });
        return Interruptible.run(() -> run(patterns, plan, how, folder));
    }

    private int run(List<Pattern> patterns, TestPlan plan, Mode how, Path folder) {
        PrintWriter err = spec.commandLine().getErr();
        Aftermath.clear(new Host(), folder, err);
        Instant started = Instant.now();
        boolean stopped = false;
        ScenarioRun run;
        try (LiveDisplay display = new LiveDisplay()) {
            run = new ScenarioRun(plan, how, folder, display);
            List<Pattern> chosen = Undisturbed.call(() -> run.choose(patterns));
            try {
                run.measure(chosen);
            } catch (InterruptedException interruption) {
                stopped = true;
                display.pattern("");
                display.at("", "stopped", "writing what was found so far");
            }
        }
        boolean complete = !stopped && !run.failed();
        Undisturbed.run(() -> reports.write(
                Reports.of(spec.commandLine(), started, complete, plan, run.results(), run.leftOut()),
                spec.commandLine().getOut()));
        return stopped ? BadOption.STOPPED : complete ? 0 : FAILED;
    }
}
