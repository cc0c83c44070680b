package org.sluice.traffic.report;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How a second report differs from a first. Its JSON form is the schema {@value #SCHEMA}, described in docs/traffic-report.md.
 *
 * @param schema {@value #SCHEMA}
 * @param first the earlier report, or the baseline
 * @param second the report that is judged
 * @param verdict of all rows
 * @param rows one for each figure that both have
 * @param differences facts in which the runs differ, so that a different figure may have another cause than what was tested
 * @param unmatched what only one of them has, one sentence each
 */
public record Comparison(
        String schema,
        Run first,
        Run second,
        Verdict verdict,
        List<Row> rows,
        List<Difference> differences,
        List<String> unmatched) {
    /** The name and version of the JSON form. */
    public static final String SCHEMA = "sluice-traffic-comparison/1";

    /** Checks for null and copies. */
    public Comparison {
        requireNonNull(schema, "schema is null");
        requireNonNull(first, "first is null");
        requireNonNull(second, "second is null");
        requireNonNull(verdict, "verdict is null");
        rows = List.copyOf(rows);
        differences = List.copyOf(differences);
        unmatched = List.copyOf(unmatched);
    }

    /**
     * One of the two reports.
     *
     * @param command what was typed
     * @param started when, ISO 8601
     * @param profile its profile's name
     * @param complete false when it was stopped before its end
     */
    public record Run(String command, String started, String profile, boolean complete) {
        /** Checks for null. */
        public Run {
            requireNonNull(command, "command is null");
            requireNonNull(started, "started is null");
            requireNonNull(profile, "profile is null");
        }
    }

    /** Which figure a row is about. */
    public enum Figure {
        /** Frames a second without loss; more is better. */
        THROUGHPUT,
        /** Mean latency in nanoseconds; less is better. */
        LATENCY
    }

    /**
     * One figure of both.
     *
     * @param pattern name of the pattern
     * @param frames frame size or mix
     * @param figure which figure, and so its unit
     * @param first the first report's
     * @param second the second report's
     * @param ratio second to first, by the Hodges-Lehmann estimate where there are repeats; absent when the first is 0
     * @param ratioLow lower end of the ratio's 95 % interval; absent with too few repeats
     * @param ratioHigh upper end of the ratio's 95 % interval; absent with too few repeats
     * @param probability p of the two-sided rank test; absent with too few repeats
     * @param firstRepeats how many repeats the first has
     * @param secondRepeats how many repeats the second has
     * @param resolution the smallest difference that the way of measuring can see, in the figure's unit
     * @param verdict of this figure
     * @param reason why, one sentence
     */
    public record Row(
            String pattern,
            String frames,
            Figure figure,
            double first,
            double second,
            OptionalDouble ratio,
            OptionalDouble ratioLow,
            OptionalDouble ratioHigh,
            OptionalDouble probability,
            int firstRepeats,
            int secondRepeats,
            double resolution,
            Verdict verdict,
            String reason) {
        /** Checks for null and for what is no number. */
        public Row {
            requireNonNull(pattern, "pattern is null");
            requireNonNull(frames, "frames is null");
            requireNonNull(figure, "figure is null");
            Finite.require(first, "first");
            Finite.require(second, "second");
            Finite.require(ratio, "ratio");
            Finite.require(ratioLow, "ratioLow");
            Finite.require(ratioHigh, "ratioHigh");
            Finite.require(probability, "probability");
            Finite.require(resolution, "resolution");
            requireNonNull(verdict, "verdict is null");
            requireNonNull(reason, "reason is null");
        }
    }

    /**
     * A fact that is not the same in both.
     *
     * @param what the fact's name
     * @param first its value in the first, empty when it has none
     * @param second its value in the second, empty when it has none
     */
    public record Difference(String what, String first, String second) {
        /** Checks for null. */
        public Difference {
            requireNonNull(what, "what is null");
            requireNonNull(first, "first is null");
            requireNonNull(second, "second is null");
        }
    }

    /** Compares two reports, matched by pattern name and frame size. */
    public static Comparison compare(Report first, Report second) {
        requireNonNull(first, "first is null");
        requireNonNull(second, "second is null");
        Matching matching = Matching.of(first, second);
        List<Row> rows = matching.rows();
        return new Comparison(
                SCHEMA,
                run(first),
                run(second),
                Verdict.of(rows.stream().map(Row::verdict).toList()),
                rows,
                Differences.between(first, second),
                matching.unmatched());
    }

    /** For the terminal: plain text in lines of about 100 columns. */
    public String text() {
        return ComparisonText.of(this);
    }

    /** As JSON text, with a line break at its end. */
    public String json() {
        return ReportJson.MAPPER.writeValueAsString(this) + "\n";
    }

    /**
     * Writes the JSON file whole or not at all.
     *
     * @throws ReportException {@code report.write} when that is not possible
     */
    public void write(Path file) {
        ReportFile.write(file, json());
    }

    private static Run run(Report report) {
        return new Run(
                report.command(), report.started().toString(), report.profile().name(), report.complete());
    }
}
