package org.sluice.traffic.report;

import static org.sluice.traffic.report.Table.Column.number;
import static org.sluice.traffic.report.Table.Column.words;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.sluice.traffic.report.Comparison.Figure;
import org.sluice.traffic.report.Comparison.Row;

/** A comparison for the terminal. */
final class ComparisonText {
    private final StringBuilder text = new StringBuilder();

    private ComparisonText() {}

    static String of(Comparison comparison) {
        ComparisonText writer = new ComparisonText();
        writer.write(comparison);
        return writer.text.toString();
    }

    private void write(Comparison comparison) {
        run("first:  ", comparison.first());
        run("second: ", comparison.second());
        if (!comparison.differences().isEmpty()) {
            sentence("");
            sentence("The runs differ in more than what was tested:");
            comparison
                    .differences()
                    .forEach(difference -> item(
                            difference.what() + ": " + shown(difference.first()) + " / " + shown(difference.second())));
        }
        Set<String> patterns =
                new LinkedHashSet<>(comparison.rows().stream().map(Row::pattern).toList());
        for (String pattern : patterns) {
            List<Row> rows = comparison.rows().stream()
                    .filter(row -> row.pattern().equals(pattern))
                    .toList();
            sentence("");
            sentence(pattern);
            TextTable.lines(table(rows), "  ").forEach(this::line);
            rows.stream()
                    .filter(row -> row.verdict() != Verdict.SAME)
                    .forEach(row -> item(row.frames() + " " + name(row.figure()) + ": " + row.reason()));
        }
        if (!comparison.unmatched().isEmpty()) {
            sentence("");
            sentence("Not compared:");
            comparison.unmatched().forEach(this::item);
        }
        sentence("");
        if (comparison.rows().isEmpty()) {
            sentence("The reports have no figure in common.");
        } else if (comparison.rows().stream().anyMatch(row -> row.probability().isPresent())) {
            sentence("Each row is tested by itself at 5 %, so about one in twenty rows differs by chance alone.");
        }
        sentence("verdict: " + comparison.verdict().name().toLowerCase(Locale.ROOT) + ". "
                + comparison.verdict().sentence());
    }

    private static Table table(List<Row> rows) {
        List<List<String>> cells = new ArrayList<>();
        for (Row row : rows) {
            cells.add(List.of(
                    row.frames(),
                    name(row.figure()),
                    value(row.figure(), row.first()),
                    value(row.figure(), row.second()),
                    row.ratio().isPresent() ? ratio(row.ratio().getAsDouble()) : "",
                    row.ratioLow().isPresent() && row.ratioHigh().isPresent()
                            ? ratio(row.ratioLow().getAsDouble()) + " to "
                                    + ratio(row.ratioHigh().getAsDouble())
                            : "",
                    row.firstRepeats() + ", " + row.secondRepeats(),
                    row.verdict().name().toLowerCase(Locale.ROOT)));
        }
        return new Table(
                        "",
                        List.of(
                                words("frame"),
                                words("figure"),
                                number("first"),
                                number("second"),
                                number("ratio"),
                                number("95 % interval"),
                                number("repeats"),
                                words("verdict")),
                        cells)
                .withoutEmptyColumns();
    }

    private static String name(Figure figure) {
        return switch (figure) {
            case THROUGHPUT -> "throughput";
            case LATENCY -> "latency";
        };
    }

    private static String value(Figure figure, double value) {
        return switch (figure) {
            case THROUGHPUT -> Numbers.rate(value) + " fps";
            case LATENCY -> Numbers.time(value);
        };
    }

    private static String ratio(double ratio) {
        return String.format(Locale.ROOT, ratio < 10 ? "%.3f" : "%.1f", ratio);
    }

    private static String shown(String value) {
        return value.isEmpty() ? "(none)" : value;
    }

    private void run(String begin, Comparison.Run run) {
        sentence(begin + run.started() + ", " + run.profile() + " profile, " + run.command()
                + (run.complete() ? "" : " (incomplete: stopped before its end)"));
    }

    private void item(String sentence) {
        TextTable.wrap(sentence, "  - ", "    ").forEach(this::line);
    }

    private void sentence(String sentence) {
        TextTable.wrap(sentence, "", "  ").forEach(this::line);
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
