package org.sluice.traffic.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvReportTest {
    @Test
    void hasARowForEachPatternAndFrameSize() {
        List<List<String>> rows = parse(CsvReport.text(SampleReports.fourPatterns()));

        assertThat(rows).hasSize(1 + 4 * 7).allSatisfy(row -> assertThat(row).hasSameSizeAs(CsvReport.COLUMNS));
        assertThat(rows.getFirst()).isEqualTo(CsvReport.COLUMNS);
        assertThat(cell(rows, 1, "pattern")).isEqualTo("bare-forwarding");
        assertThat(cell(rows, 1, "rfc2544_compliant")).isEqualTo("false");
        assertThat(cell(rows, 1, "latency_p50_ns")).isEqualTo("15256");
        assertThat(cell(rows, 1, "trials")).isEqualTo("2");
        assertThat(cell(rows, 1, "doubted_trials")).isEqualTo("1");
        assertThat(cell(rows, 4, "reset_ns")).isEqualTo("210000000");
        assertThat(cell(rows, 22, "emulated")).isEqualTo("true");
    }

    @Test
    void writesNumbersPlain() {
        List<List<String>> rows =
                parse(CsvReport.text(SampleReports.onePattern(SampleReports.throughput("64", 0.5, 14_880_952))));

        assertThat(cell(rows, 1, "throughput_fps")).isEqualTo("14880952");
        assertThat(cell(rows, 1, "throughput_width_fps")).isEqualTo("0.5");
        assertThat(cell(rows, 1, "throughput_spread_ratio")).isEmpty();
    }

    @Test
    void leavesWhatWasNotMeasuredEmpty() {
        List<List<String>> rows = parse(CsvReport.text(SampleReports.onePattern(
                SampleReports.bare("IMIX", OptionalDouble.empty(), Optional.empty(), List.of()))));

        assertThat(cell(rows, 1, "line_rate_fps")).isEmpty();
        assertThat(cell(rows, 1, "throughput_fps")).isEmpty();
        assertThat(cell(rows, 1, "of_line_ratio")).isEmpty();
        assertThat(cell(rows, 1, "latency_p50_ns")).isEmpty();
    }

    @Test
    void quotesWhatHasToBe() {
        List<String> why = List.of("The sender said \"no\", twice.", "Then a\nbreak.");
        String text = CsvReport.text(
                SampleReports.onePattern(SampleReports.bare("64", OptionalDouble.empty(), Optional.empty(), why)));

        assertThat(text).contains("\"The sender said \"\"no\"\", twice. Then a\nbreak.\"\r\n");
        assertThat(cell(parse(text), 1, "tester_limited")).isEqualTo("The sender said \"no\", twice. Then a\nbreak.");
    }

    @Test
    void anInterruptedRunIsMarkedInEachRowAndAnEmptyOneHasHeadingsOnly() {
        assertThat(CsvReport.text(SampleReports.interruptedAtOnce()))
                .isEqualTo(String.join(",", CsvReport.COLUMNS) + "\r\n");

        Report stopped = SampleReports.report(
                false, SampleReports.fourPatterns().patterns().getFirst());
        assertThat(cell(parse(CsvReport.text(stopped)), 1, "complete")).isEqualTo("false");
        assertThat(cell(parse(CsvReport.text(stopped)), 1, "rfc2544_compliant")).isEqualTo("false");
    }

    @Test
    void writesAFile(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("report.csv");

        CsvReport.write(SampleReports.fourPatterns(), file);

        assertThat(Files.readString(file)).isEqualTo(CsvReport.text(SampleReports.fourPatterns()));
    }

    private static String cell(List<List<String>> rows, int row, String column) {
        return rows.get(row).get(CsvReport.COLUMNS.indexOf(column));
    }

    /** RFC 4180's grammar, as far as it goes. */
    private static List<List<String>> parse(String text) {
        List<List<String>> rows = new ArrayList<>();
        List<String> row = new ArrayList<>();
        Matcher field = Pattern.compile("\\G(?:\"((?:[^\"]|\"\")*)\"|([^\",\r\n]*))(,|\r\n)")
                .matcher(text);
        int end = 0;
        while (field.find()) {
            row.add(field.group(1) == null ? field.group(2) : field.group(1).replace("\"\"", "\""));
            if (field.group(3).equals("\r\n")) {
                rows.add(row);
                row = new ArrayList<>();
            }
            end = field.end();
        }
        assertThat(end).as("all of it is CSV").isEqualTo(text.length());
        return rows;
    }
}
