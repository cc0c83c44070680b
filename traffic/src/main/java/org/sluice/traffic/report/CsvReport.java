package org.sluice.traffic.report;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The figures of a report as comma-separated values (RFC 4180): one row for each pattern and frame size, columns as
 * docs/traffic-report.md describes them. Numbers have a point and no grouping; what was not measured is empty. Thread-safe.
 */
public final class CsvReport {
    /** The columns, in their order. */
    public static final List<String> COLUMNS = List.of(
            "pattern",
            "frames",
            "mean_bytes",
            "emulated",
            "complete",
            "profile",
            "rfc2544_compliant",
            "line_rate_fps",
            "throughput_fps",
            "throughput_bps",
            "of_line_ratio",
            "throughput_width_fps",
            "throughput_repeats",
            "throughput_spread_ratio",
            "latency_fps",
            "latency_samples",
            "latency_min_ns",
            "latency_mean_ns",
            "latency_p50_ns",
            "latency_p90_ns",
            "latency_p99_ns",
            "latency_p999_ns",
            "latency_max_ns",
            "loss_load_fps",
            "loss_ratio",
            "back_to_back_frames",
            "back_to_back_unbounded",
            "recovery_ns",
            "reset_ns",
            "trials",
            "doubted_trials",
            "tester_limited");

    private CsvReport() {}

    /** The report as CSV text with a heading row; lines end in CR LF, as the RFC asks. */
    public static String text(Report report) {
        requireNonNull(report, "report is null");
        StringBuilder text = new StringBuilder();
        line(text, COLUMNS);
        for (PatternResult pattern : report.patterns()) {
            for (SizeResult size : pattern.sizes()) {
                line(text, row(report, pattern, size));
            }
        }
        return text.toString();
    }

    /**
     * Writes the file whole or not at all.
     *
     * @throws ReportException {@code report.write} when that is not possible
     */
    public static void write(Report report, Path file) {
        ReportFile.write(file, text(report));
    }

    private static List<String> row(Report report, PatternResult pattern, SizeResult size) {
        List<String> row = new ArrayList<>();
        row.add(pattern.name());
        row.add(size.frames());
        row.add(plain(size.meanBytes()));
        row.add(Boolean.toString(pattern.emulated()));
        row.add(Boolean.toString(report.complete()));
        row.add(report.profile().name());
        row.add(Boolean.toString(Sentences.compliant(report)));
        row.add(plain(size.lineRate()));
        row.add(of(size.throughput(), found -> plain(found.framesPerSecond())));
        row.add(of(size.throughput(), found -> plain(found.bitsPerSecond())));
        row.add(plain(Figures.ofLine(size)));
        row.add(of(size.throughput(), found -> plain(found.width())));
        row.add(of(size.throughput(), found -> Integer.toString(found.repeats().size())));
        row.add(of(size.throughput(), found -> plain(Figures.spread(found.repeats()))));
        row.add(of(size.latency(), found -> plain(found.framesPerSecond())));
        row.add(of(size.latency(), found -> Long.toString(found.all().samples())));
        row.add(of(size.latency(), found -> Long.toString(found.all().min())));
        row.add(of(size.latency(), found -> plain(found.all().mean())));
        row.add(of(size.latency(), found -> Long.toString(found.all().p50())));
        row.add(of(size.latency(), found -> Long.toString(found.all().p90())));
        row.add(of(size.latency(), found -> Long.toString(found.all().p99())));
        row.add(of(size.latency(), found -> Long.toString(found.all().p999())));
        row.add(of(size.latency(), found -> Long.toString(found.all().max())));
        row.add(of(Figures.topLoad(size), top -> plain(top.framesPerSecond())));
        row.add(of(Figures.topLoad(size), top -> plain(top.lossRatio())));
        row.add(of(size.backToBack(), found -> plain(found.frames())));
        row.add(of(size.backToBack(), found -> Boolean.toString(found.unbounded())));
        row.add(of(size.recovery(), found -> Long.toString(found.nanoseconds())));
        row.add(of(size.reset(), found -> Long.toString(found.nanoseconds())));
        row.add(Integer.toString(size.trials().size()));
        row.add(Long.toString(Figures.doubted(size)));
        row.add(String.join(" ", size.testerLimited()));
        return row;
    }

    private static <T> String of(Optional<T> found, Function<T, String> cell) {
        return found.map(cell).orElse("");
    }

    private static String plain(OptionalDouble value) {
        return value.isPresent() ? plain(value.getAsDouble()) : "";
    }

    private static String plain(double value) {
        String plain = BigDecimal.valueOf(value).toPlainString();
        return plain.endsWith(".0") ? plain.substring(0, plain.length() - 2) : plain;
    }

    private static void line(StringBuilder text, List<String> cells) {
        text.append(cells.stream().map(CsvReport::quoted).collect(Collectors.joining(",")))
                .append("\r\n");
    }

    private static String quoted(String cell) {
        return cell.chars()
                        .anyMatch(character ->
                                character == ',' || character == '"' || character == '\r' || character == '\n')
                ? '"' + cell.replace("\"", "\"\"") + '"'
                : cell;
    }
}
