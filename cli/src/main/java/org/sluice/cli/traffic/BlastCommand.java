package org.sluice.cli.traffic;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sluice.traffic.engine.LatenessBounds;
import org.sluice.traffic.engine.Measurement;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.engine.TestPath;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.frame.FrameSize;
import org.sluice.traffic.frame.Rate;
import org.sluice.traffic.path.PathRequest;
import org.sluice.traffic.path.PathResolver;
import org.sluice.traffic.path.Preflight;
import org.sluice.traffic.report.BlastReport;
import org.sluice.traffic.trial.Doubt;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.StreamResult;
import org.sluice.traffic.trial.TrialResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice traffic blast}: one trial, at a rate or as fast as possible, second by second. */
@Command(
        name = "blast",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = "Send for some seconds, at a rate or as fast as possible, and count what arrives.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:sent and counted", "2:not done", "130:stopped by Ctrl-C (143 by SIGTERM)"})
public final class BlastCommand implements Callable<Integer> {
    private static final Duration SETTLE = Duration.ofMillis(500);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final PathOptions path = new PathOptions();

    @Option(
            names = {"--size", "--sizes"},
            paramLabel = "SIZE",
            description = "Frame size in bytes with check sequence, or a mix (imix); the smallest when left out.")
    private @Nullable String size;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "5",
            description = "How long to send; default ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--rate",
            paramLabel = "RATE",
            description = "20000pps, 500Mbit, 50%%; as fast as possible without.")
    private @Nullable String rate;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the result as JSON.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        PathRequest request = BadOption.in(spec, path::request);
        Optional<FrameMix> chosen = BadOption.in(
                spec,
                () -> Optional.ofNullable(size).map(text -> BadOption.named("--size", () -> FrameMix.parse(text))));
        Optional<Rate> wanted = BadOption.in(
                spec, () -> Optional.ofNullable(rate).map(text -> BadOption.named("--rate", () -> Rate.parse(text))));
        Duration duration = BadOption.in(spec, this::duration);
        BadOption.in(spec, () -> {
            if (json != null) {
                ReportOptions.requireWritable("--json", json);
            }
            return path.mode();
        });
        List<Stream> streams = PathResolver.streams(request);
        FrameMix mix = chosen.orElseGet(
                () -> FrameMix.of(FrameSize.minimum(streams.getFirst().frames())));
        Load load = BadOption.in(
                spec,
                () -> wanted.<Load>map(value -> BadOption.named(
                                "--rate",
                                () -> new Load.Paced(value.of(mix, new Facts().linkSpeed(streams)), duration)))
                        .orElseGet(() -> new Load.Unpaced(duration)));
        return Interruptible.run(() -> {
            try {
                Preflight.check(streams, List.of(mix), path.mode());
                return blast(streams, mix, load);
            } catch (InterruptedException stopped) {
                spec.commandLine().getErr().println("sluice: stopped before anything was measured.");
                return BadOption.STOPPED;
            }
        });
    }

    private int blast(List<Stream> streams, FrameMix mix, Load load) throws InterruptedException {
        try (TestPath open = TestPath.open(streams, path.mode(), LatenessBounds.DEFAULT, SETTLE);
                Measurement measurement = open.measure(mix)) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("sluice: sending for " + seconds + " s; Ctrl-C ends it early and still tells what came.");
            err.flush();
            TrialResult result = measurement.runUntilInterrupted(load);
            boolean complete = !Thread.interrupted();
            Undisturbed.run(() -> tell(BlastReport.of(result, complete, mix.label(), measurement.notes()), mix));
            return complete ? 0 : BadOption.STOPPED;
        }
    }

    private void tell(BlastReport report, FrameMix mix) {
        print(report, mix);
        if (json != null) {
            report.write(json);
        }
    }

    private Duration duration() {
        if (seconds < 1) {
            throw new IllegalArgumentException("--seconds " + seconds + " is too short: use 1 or more.");
        }
        return Duration.ofSeconds(seconds);
    }

    private void print(BlastReport report, FrameMix mix) {
        PrintWriter out = spec.commandLine().getOut();
        report.notes().forEach(out::println);
        for (StreamResult stream : report.streams()) {
            out.printf(
                    Locale.ROOT,
                    "%s  %s bytes%n  sent       %,d frames, %,.0f/s, %,.1f Mbit/s, %.0f ns of the sender's CPU each%n",
                    stream.stream(),
                    mix.label(),
                    stream.sent(),
                    stream.sentPerSecond(),
                    stream.sentPerSecond() * mix.mean() * Byte.SIZE / 1e6,
                    stream.sent() == 0 ? 0 : (double) stream.senderCpuNanoseconds() / stream.sent());
            out.printf(
                    Locale.ROOT,
                    "  received   %,d, lost %,d (%.4f %%), reordered %,d, duplicated %,d, corrupted %,d%n",
                    stream.received(),
                    stream.lost(),
                    stream.sent() == 0 ? 0 : 100.0 * stream.lost() / stream.sent(),
                    stream.reordered(),
                    stream.duplicated(),
                    stream.corrupted());
            stream.latency()
                    .ifPresent(latency -> out.printf(
                            Locale.ROOT,
                            "  latency    p50 %.1f, p99 %.1f, p99.9 %.1f, max %.1f µs%n",
                            latency.p50() / 1e3,
                            latency.p99() / 1e3,
                            latency.p999() / 1e3,
                            latency.max() / 1e3));
            out.printf(
                    Locale.ROOT,
                    "  lateness   p50 %.1f, p99.9 %.1f, max %.1f µs; receiver dropped %,d%n",
                    stream.lateness().p50() / 1e3,
                    stream.lateness().p999() / 1e3,
                    stream.lateness().max() / 1e3,
                    stream.receiverDrops());
            stream.doubts().stream()
                    .map(Doubt::sentence)
                    .sorted()
                    .forEach(doubt -> out.println("  doubt      " + doubt));
        }
        if (!report.complete()) {
            out.println("Stopped before its time; these are the frames that were sent until then.");
        }
        out.flush();
    }
}
