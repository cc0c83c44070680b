package org.sluice.traffic.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.sluice.traffic.report.SizeResult.LatencyResult;
import org.sluice.traffic.report.SizeResult.LossPoint;
import org.sluice.traffic.report.SizeResult.SoakInterval;
import org.sluice.traffic.report.SizeResult.Throughput;
import org.sluice.traffic.trial.Latency;

/** What the charts show, taken from the patterns. Immutable. */
final class ChartData {
    private final List<PatternResult> patterns;
    private final List<String> frames;

    ChartData(List<PatternResult> patterns) {
        this.patterns = List.copyOf(patterns);
        Set<String> names = new LinkedHashSet<>();
        patterns.forEach(pattern -> pattern.sizes().forEach(size -> names.add(size.frames())));
        this.frames = List.copyOf(names);
    }

    /** All frame sizes, as they come first. */
    List<String> frames() {
        return frames;
    }

    static Optional<SizeResult> size(PatternResult pattern, String frames) {
        return pattern.sizes().stream()
                .filter(size -> size.frames().equals(frames))
                .findFirst();
    }

    boolean testerLimited() {
        return patterns.stream()
                .flatMap(pattern -> pattern.sizes().stream())
                .anyMatch(size -> !size.testerLimited().isEmpty());
    }

    /** Throughput in Mbit/s; on the bars the share of the line. */
    BarChart bits() {
        return bars(
                "Throughput in Mbit/s by frame size",
                "Mbit/s",
                (size, found) -> {
                    OptionalDouble line = Figures.lineBits(size);
                    return new BarChart.Bar(
                            OptionalDouble.of(found.bitsPerSecond() / 1e6),
                            line.isPresent() ? OptionalDouble.of(line.getAsDouble() / 1e6) : line,
                            share(size) + star(size));
                },
                Numbers::rate);
    }

    /** Throughput in frames a second. */
    BarChart packets() {
        return bars(
                "Throughput in frames per second by frame size",
                "frames/s",
                (size, found) -> new BarChart.Bar(
                        OptionalDouble.of(found.framesPerSecond()),
                        size.lineRate(),
                        Numbers.compact(found.framesPerSecond()) + star(size)),
                Numbers::compact);
    }

    /** Percentiles by frame size, a panel for each pattern that has them; all panels have the same axis. */
    List<LineChart> latencies() {
        double[] all = patterns.stream()
                .flatMap(pattern -> pattern.sizes().stream())
                .flatMap(size -> size.latency().stream())
                .map(LatencyResult::all)
                .flatMapToDouble(
                        found -> DoubleStream.of(positive((double) found.p50()), positive((double) found.max())))
                .toArray();
        if (all.length == 0) {
            return List.of();
        }
        Scale scale = Scale.Logarithmic.holding(
                DoubleStream.of(all).min().getAsDouble(),
                DoubleStream.of(all).max().getAsDouble());
        List<LineChart> panels = new ArrayList<>();
        for (PatternResult pattern : patterns) {
            List<LineChart.Series> series = List.of(
                    percentile(pattern, "p50", Latency::p50),
                    percentile(pattern, "p99", Latency::p99),
                    percentile(pattern, "p99.9", Latency::p999),
                    percentile(pattern, "max", Latency::max));
            if (!series.getFirst().points().isEmpty()) {
                panels.add(new LineChart(
                        pattern.title() + ": latency percentiles by frame size",
                        described(
                                pattern,
                                size -> size.latency()
                                        .map(found -> "p50 "
                                                + Numbers.time(
                                                        (double) found.all().p50()) + ", p99.9 "
                                                + Numbers.time(
                                                        (double) found.all().p999()))),
                        pattern.title(),
                        new LineChart.Across.Places(frames, "frame size, bytes"),
                        scale,
                        Numbers::time,
                        series));
            }
        }
        return panels;
    }

    /** Loss by load, a panel for each pattern that has curves and a line for each of its sizes. */
    List<LineChart> losses() {
        List<SizeResult> measured = patterns.stream()
                .flatMap(pattern -> pattern.sizes().stream())
                .filter(size -> !size.lossCurve().isEmpty())
                .toList();
        boolean shares = measured.stream().allMatch(size -> size.lineRate().orElse(0) > 0);
        ToDoubleFunction<SizeResult> unit = size -> shares ? size.lineRate().getAsDouble() / 100 : 1;
        double furthest = measured.stream()
                .flatMapToDouble(size -> size.lossCurve().stream()
                        .mapToDouble(point -> point.framesPerSecond() / unit.applyAsDouble(size)))
                .max()
                .orElse(0);
        double most = measured.stream()
                .flatMap(size -> size.lossCurve().stream())
                .mapToDouble(point -> point.lossRatio() * 100)
                .max()
                .orElse(0);
        List<LineChart> panels = new ArrayList<>();
        for (PatternResult pattern : patterns) {
            List<LineChart.Series> series = pattern.sizes().stream()
                    .filter(size -> !size.lossCurve().isEmpty())
                    .map(size -> new LineChart.Series(size.frames(), curve(size, unit.applyAsDouble(size))))
                    .toList();
            if (!series.isEmpty()) {
                panels.add(new LineChart(
                        pattern.title() + ": frame loss rate by offered load",
                        described(
                                pattern,
                                size -> Optional.of(Figures.lossAtTop(size)).filter(loss -> !loss.isEmpty())),
                        pattern.title() + ", % lost",
                        new LineChart.Across.Measure(
                                Scale.Linear.upTo(furthest),
                                shares ? Numbers::rate : Numbers::compact,
                                shares ? "offered load, % of the line rate" : "offered load, frames/s"),
                        Scale.Linear.upTo(most),
                        Numbers::significant,
                        series));
            }
        }
        return panels;
    }

    /** Loss, and latency where known, over the time of each soak. */
    List<LineChart> soaks() {
        List<LineChart> charts = new ArrayList<>();
        for (PatternResult pattern : patterns) {
            for (SizeResult size : pattern.sizes()) {
                if (!size.soak().isEmpty()) {
                    String name = pattern.title() + ", " + size.frames() + " bytes";
                    charts.add(soak(name, "frames lost per interval", size, SoakInterval::lost, Numbers::compact));
                    if (size.soak().stream().anyMatch(interval -> interval.maxLatency() > 0)) {
                        charts.add(soak(name, "largest latency", size, SoakInterval::maxLatency, Numbers::time));
                    }
                }
            }
        }
        return charts;
    }

    private static LineChart soak(
            String name,
            String what,
            SizeResult size,
            ToDoubleFunction<SoakInterval> value,
            DoubleFunction<String> tick) {
        List<LineChart.Point> points = size.soak().stream()
                .map(interval -> new LineChart.Point(interval.toSecond(), value.applyAsDouble(interval)))
                .toList();
        double most = points.stream().mapToDouble(LineChart.Point::y).max().orElse(0);
        return new LineChart(
                name + ": " + what,
                "The most in an interval: " + tick.apply(most) + ".",
                name + ": " + what,
                new LineChart.Across.Measure(
                        Scale.Linear.seconds(size.soak().getLast().toSecond()),
                        Numbers::duration,
                        "time from the start"),
                Scale.Linear.upTo(most),
                tick,
                List.of(new LineChart.Series("", points)));
    }

    private BarChart bars(
            String title,
            String caption,
            BiFunction<SizeResult, Throughput, BarChart.Bar> bar,
            DoubleFunction<String> tick) {
        List<BarChart.Series> series = patterns.stream()
                .map(pattern -> new BarChart.Series(
                        pattern.title(),
                        frames.stream()
                                .map(name -> size(pattern, name)
                                        .flatMap(size -> size.throughput().map(found -> bar.apply(size, found)))
                                        .orElse(BarChart.Bar.NONE))
                                .toList()))
                .toList();
        String description = patterns.stream()
                .map(pattern -> pattern.title() + ": "
                        + described(
                                pattern,
                                size -> size.throughput().map(found -> Numbers.rate(found.framesPerSecond()) + " fps")))
                .collect(Collectors.joining(" "));
        return new BarChart(title, description, caption, frames, series, tick);
    }

    private LineChart.Series percentile(PatternResult pattern, String name, ToLongFunction<Latency> value) {
        List<LineChart.Point> points = new ArrayList<>();
        for (int place = 0; place < frames.size(); place++) {
            Optional<LatencyResult> found = size(pattern, frames.get(place)).flatMap(SizeResult::latency);
            if (found.isPresent()) {
                points.add(new LineChart.Point(
                        place, positive((double) value.applyAsLong(found.get().all()))));
            }
        }
        return new LineChart.Series(name, points);
    }

    private static List<LineChart.Point> curve(SizeResult size, double unit) {
        return size.lossCurve().stream()
                .sorted(Comparator.comparingDouble(LossPoint::framesPerSecond))
                .map(point -> new LineChart.Point(point.framesPerSecond() / unit, point.lossRatio() * 100))
                .toList();
    }

    private static String described(PatternResult pattern, Function<SizeResult, Optional<String>> words) {
        return pattern.sizes().stream()
                .flatMap(size -> words.apply(size).map(found -> size.frames() + " bytes " + found).stream())
                .collect(Collectors.joining("; ", "", "."));
    }

    private static String share(SizeResult size) {
        OptionalDouble share = Figures.ofLine(size);
        return share.isEmpty() ? "" : Numbers.shortPercent(share.getAsDouble());
    }

    private static String star(SizeResult size) {
        return size.testerLimited().isEmpty() ? "" : "*";
    }

    /** A logarithmic axis has no place for 0; nothing is measured to less than a nanosecond. */
    private static double positive(double nanoseconds) {
        return Math.max(1, nanoseconds);
    }
}
