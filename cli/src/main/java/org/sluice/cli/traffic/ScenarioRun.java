package org.sluice.cli.traffic;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sluice.linux.LinuxException;
import org.sluice.traffic.engine.Mode;
import org.sluice.traffic.engine.TestPath;
import org.sluice.traffic.machine.Host;
import org.sluice.traffic.procedure.TestPlan;
import org.sluice.traffic.report.PatternResult;
import org.sluice.traffic.report.SettingChange;
import org.sluice.traffic.scenario.BuiltPath;
import org.sluice.traffic.scenario.PathTuning;
import org.sluice.traffic.scenario.Pattern;

/**
 * Patterns measured one after the other: each is built, tuned where it should be, measured, put back and taken away, also when it is
 * interrupted or fails. For one thread.
 */
final class ScenarioRun {
    private final Host host = new Host();
    private final TestPlan plan;
    private final Mode mode;
    private final Path state;
    private final LiveDisplay display;
    private final List<PatternResult> results = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();
    private boolean failed;

    ScenarioRun(TestPlan plan, Mode mode, Path state, LiveDisplay display) {
        this.plan = plan;
        this.mode = mode;
        this.state = state;
        this.display = display;
    }

    /**
     * Those that can be built here, or what stands in for them; the others are left out with their reason.
     *
     * @throws LinuxException code {@code scenario.unavailable} when there is none
     */
    List<Pattern> choose(List<Pattern> patterns) {
        List<Pattern> chosen = new ArrayList<>();
        for (Pattern pattern : patterns) {
            Optional<String> reason = pattern.unavailable();
            if (reason.isEmpty()) {
                chosen.add(pattern);
                continue;
            }
            Optional<Pattern> standIn =
                    pattern.standIn().filter(other -> other.unavailable().isEmpty());
            standIn.ifPresent(chosen::add);
            leftOut.add(pattern.title() + ": " + reason.get()
                    + standIn.map(other -> " Measured in its place: " + other.title() + ".")
                            .orElse(""));
        }
        if (chosen.isEmpty()) {
            throw new LinuxException(
                    "scenario.unavailable",
                    "Nothing of this scenario can be built here. " + String.join(" ", leftOut),
                    "Choose another scenario.");
        }
        return chosen;
    }

    /**
     * Measures them. One that fails is left out with its reason, and the next begins.
     *
     * @throws InterruptedException when it was stopped; {@link #results} has what was found until then
     */
    void measure(List<Pattern> patterns) throws InterruptedException {
        for (int i = 0; i < patterns.size(); i++) {
            Pattern pattern = patterns.get(i);
            display.pattern(pattern.title());
            try {
                measure(pattern);
            } catch (LinuxException refusal) {
                failed = true;
                leftOut.add(
                        pattern.title() + " was not measured to its end: " + refusal.sentence() + " " + refusal.fix());
            } catch (InterruptedException stopped) {
                patterns.subList(i + 1, patterns.size())
                        .forEach(next ->
                                leftOut.add(next.title() + ": the run was stopped before this pattern's turn came."));
                throw stopped;
            }
        }
        display.pattern("");
    }

    private void measure(Pattern pattern) throws InterruptedException {
        display.at("", "path", "building it");
        BuiltPath path = Undisturbed.call(pattern::build);
        try {
            display.at("", "path", "waiting until it forwards");
            path.awaitReady();
            stopIfInterrupted();
            measure(pattern, path);
        } finally {
            Undisturbed.run(path::close);
        }
    }

    private void measure(Pattern pattern, BuiltPath path) throws InterruptedException {
        PathTuning tuning = new PathTuning(host, state);
        @Nullable MeasuredPath measured = null;
        try {
            if (pattern.tuned()) {
                display.at("", "tuning", "changing settings");
                Undisturbed.run(() -> tuning.apply(
                        path.devices().stream().map(Facts::device).toList(), TestPath.cpusBesides(path.streams())));
            }
            measured = Undisturbed.call(() -> new MeasuredPath(path.streams(), path.devices(), plan, mode, display));
            stopIfInterrupted();
            run(measured);
        } finally {
            List<SettingChange> settings = Undisturbed.call(tuning::restore);
            if (measured != null) {
                results.add(measured.result(
                        pattern.name(),
                        pattern.title(),
                        path.description() + " " + Paths.describe(path.streams(), mode),
                        path.emulated(),
                        settings,
                        path.notes()));
            }
        }
    }

    private static void run(MeasuredPath measured) throws InterruptedException {
        try {
            measured.run();
        } catch (RuntimeException failure) {
            // An interruption closes a file that is just being read, and shows as that file's failure.
            if (Thread.interrupted()) {
                InterruptedException stopped = new InterruptedException();
                stopped.initCause(failure);
                throw stopped;
            }
            throw failure;
        }
    }

    private static void stopIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** What was found so far, that of the pattern under way included. */
    List<PatternResult> results() {
        return List.copyOf(results);
    }

    /** What was not measured, one sentence each. */
    List<String> leftOut() {
        return List.copyOf(leftOut);
    }

    /** Whether a pattern that this machine should be able to measure was not. */
    boolean failed() {
        return failed;
    }
}
