package org.sluice.traffic.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.traffic.report.Comparison.Figure;
import org.sluice.traffic.report.Comparison.Row;
import org.sluice.traffic.report.SizeResult.LatencyResult;
import org.sluice.traffic.report.SizeResult.Throughput;
import org.sluice.traffic.trial.Latency;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ComparisonTest {
    private static Comparison compare(SizeResult first, SizeResult second) {
        return Comparison.compare(SampleReports.onePattern(first), SampleReports.onePattern(second));
    }

    private static SizeResult throughput(double width, double... repeats) {
        return SampleReports.throughput("64", width, repeats);
    }

    @Test
    void aReportIsTheSameAsItself() {
        Report report = SampleReports.onePattern(
                SampleReports.size("64", 64, 1e6, 9_000), SampleReports.size("IMIX", 350, 1e6, 9_000));
        Comparison comparison = Comparison.compare(report, report);

        assertThat(comparison.verdict()).isEqualTo(Verdict.SAME);
        assertThat(comparison.rows())
                .extracting(Row::figure)
                .containsExactly(Figure.THROUGHPUT, Figure.LATENCY, Figure.THROUGHPUT, Figure.LATENCY);
        assertThat(comparison.differences()).isEmpty();
        assertThat(comparison.unmatched()).isEmpty();
    }

    @Test
    void findsASignificantDifference() {
        Row row = compare(throughput(10, 1_000, 1_010, 990, 1_005), throughput(10, 1_500, 1_490, 1_510, 1_495))
                .rows()
                .getFirst();

        assertThat(row.verdict()).isEqualTo(Verdict.BETTER);
        assertThat(row.probability().getAsDouble()).isCloseTo(2.0 / 70, within(1e-12));
        assertThat(row.ratio().getAsDouble()).isCloseTo(1.495, within(0.01));
        assertThat(row.ratioLow().getAsDouble()).isBetween(1.4, 1.495);
        assertThat(row.ratioHigh().getAsDouble()).isBetween(1.495, 1.6);
        assertThat(row.reason()).isEqualTo("Better: p = 0.029.");
        assertThat(compare(throughput(10, 1_500, 1_490, 1_510, 1_495), throughput(10, 1_000, 1_010, 990, 1_005))
                        .verdict())
                .isEqualTo(Verdict.WORSE);
    }

    @Test
    void aDifferenceWithinTheSearchsWidthIsNone() {
        Row row = compare(throughput(50, 1_000, 1_001, 999, 1_002), throughput(20, 1_040, 1_041, 1_039, 1_042))
                .rows()
                .getFirst();

        assertThat(row.verdict()).isEqualTo(Verdict.SAME);
        assertThat(row.reason()).isEqualTo("The same within the search's resolution.");
        assertThat(row.resolution()).isEqualTo(50);
    }

    @Test
    void saysHowManyRepeatsItNeeds() {
        Row row = compare(throughput(10, 1_000, 1_010, 990), throughput(10, 1_500, 1_490, 1_510))
                .rows()
                .getFirst();

        assertThat(row.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(row.reason()).isEqualTo("Too few repeats to tell (3 and 3): at least 4 of each are needed.");
        assertThat(row.probability()).isEmpty();
        assertThat(row.ratioLow()).isEmpty();
        assertThat(compare(throughput(20, 1_000), throughput(20, 1_010)).verdict())
                .isEqualTo(Verdict.SAME);
    }

    @Test
    void repeatsThatOverlapAreNoDifferenceOnlyWhenTheyAreClose() {
        Row close = compare(throughput(1, 1_000, 1_010, 990, 1_005), throughput(1, 1_002, 1_012, 994, 1_009))
                .rows()
                .getFirst();
        Row scattered = compare(throughput(1, 1_000, 1_400, 700, 1_200), throughput(1, 1_100, 1_500, 650, 1_300))
                .rows()
                .getFirst();

        assertThat(close.verdict()).isEqualTo(Verdict.SAME);
        assertThat(close.reason()).startsWith("No difference found: p = 0.");
        assertThat(scattered.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(scattered.reason()).startsWith("The repeats scatter too much to tell: p = 0.");
    }

    @Test
    void lessLatencyIsBetter() {
        assertThat(compare(latency(50_000), latency(20_000)).rows().getFirst().verdict())
                .isEqualTo(Verdict.BETTER);
        assertThat(compare(latency(20_000), latency(50_000)).rows().getFirst().verdict())
                .isEqualTo(Verdict.WORSE);
    }

    @Test
    void aLatencyThatMovedLessThanTheFloorIsTheSame() {
        Row row = compare(latency(20_000), latency(20_100)).rows().getFirst();

        // The sample's floors are 2,100 and 2,300 ns at the median, 8 % more in the mean.
        assertThat(row.resolution()).isCloseTo(216, within(1e-6));
        assertThat(row.verdict()).isEqualTo(Verdict.SAME);
    }

    @Test
    void warnsOfLatenciesAtDifferentLoads() {
        SizeResult slow = SampleReports.size("64", 64, 1e6, 9_000);
        SizeResult fast = SampleReports.size("64", 64, 2e6, 90_000);

        assertThat(compare(slow, fast).rows().getLast().reason())
                .isEqualTo("Worse: p = 0.029. Measured at different loads: 1,000,000 and 2,000,000 fps.");
    }

    @Test
    void aTesterLimitedFigureIsAtLeastThat() {
        List<String> limited = List.of("The sender was the limit.");

        assertThat(limitedVerdict(1_000, List.of(), 1_500, limited)).isEqualTo(Verdict.BETTER);
        assertThat(limitedVerdict(1_500, limited, 1_000, List.of())).isEqualTo(Verdict.WORSE);
        assertThat(limitedVerdict(1_000, limited, 1_500, List.of())).isEqualTo(Verdict.UNKNOWN);
        assertThat(limitedVerdict(1_500, List.of(), 1_000, limited)).isEqualTo(Verdict.UNKNOWN);
        assertThat(limitedVerdict(1_000, limited, 1_500, limited)).isEqualTo(Verdict.UNKNOWN);
        assertThat(limitedVerdict(1_000, limited, 1_000, List.of())).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void aDeviceThatForwardsNothingHasNoRatio() {
        Row dead = compare(throughput(1, 0, 0, 0, 0), throughput(1, 10, 10, 10, 10))
                .rows()
                .getFirst();

        assertThat(dead.ratio()).isEmpty();
        assertThat(dead.verdict()).isEqualTo(Verdict.BETTER);
        assertThat(compare(throughput(1, 0), throughput(1, 0)).verdict()).isEqualTo(Verdict.SAME);
    }

    @Test
    void theWholeIsOnlyGoodWhenEveryFigureIs() {
        assertThat(Verdict.of(List.of(Verdict.SAME, Verdict.SAME))).isEqualTo(Verdict.SAME);
        assertThat(Verdict.of(List.of(Verdict.SAME, Verdict.BETTER))).isEqualTo(Verdict.BETTER);
        assertThat(Verdict.of(List.of(Verdict.BETTER, Verdict.UNKNOWN))).isEqualTo(Verdict.UNKNOWN);
        assertThat(Verdict.of(List.of(Verdict.WORSE, Verdict.UNKNOWN))).isEqualTo(Verdict.WORSE);
        assertThat(Verdict.of(List.of(Verdict.WORSE, Verdict.BETTER))).isEqualTo(Verdict.MIXED);
        assertThat(Verdict.of(List.of())).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void namesWhatOnlyOneOfThemHas() {
        Comparison comparison = Comparison.compare(
                SampleReports.onePattern(throughput(1, 10), SampleReports.throughput("128", 1, 10)),
                SampleReports.onePattern(
                        SampleReports.bare("64", OptionalDouble.empty(), Optional.empty(), List.of()),
                        SampleReports.throughput("IMIX", 1, 10)));

        assertThat(comparison.rows()).isEmpty();
        assertThat(comparison.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(comparison.unmatched())
                .containsExactly(
                        "Only the first report has a throughput for 64 of the pattern 'path'.",
                        "Only the first report has the frame size 128 of the pattern 'path'.",
                        "Only the second report has the frame size IMIX of the pattern 'path'.");
        assertThat(comparison.text()).contains("Not compared:", "The reports have no figure in common.");
        assertThat(Comparison.compare(SampleReports.interruptedAtOnce(), SampleReports.onePattern())
                        .unmatched())
                .containsExactly("Only the second report has the pattern 'path'.");
    }

    @Test
    void warnsOfFactsThatDiffer() {
        Map<String, String> machine = new LinkedHashMap<>(SampleReports.machine());
        machine.put("kernel", "6.18.1");
        machine.remove("governor");
        PatternResult other = new PatternResult(
                "path",
                "Path",
                "Two interfaces.",
                true,
                SampleReports.ports("ice"),
                List.of(new SettingChange("ring", "512", "4096", "restored")),
                Optional.empty(),
                Optional.empty(),
                List.of(throughput(1, 10)),
                List.of());
        Report second = new Report(
                Report.SCHEMA,
                "0.2.0",
                "else",
                SampleReports.STARTED,
                SampleReports.STARTED,
                false,
                new Profile("short", List.of("Shorter.")),
                machine,
                List.of(other),
                List.of());
        Comparison comparison = Comparison.compare(SampleReports.onePattern(throughput(1, 10)), second);

        assertThat(comparison.differences())
                .contains(
                        new Comparison.Difference("version of Sluice", "0.1.0", "0.2.0"),
                        new Comparison.Difference("complete", "yes", "no"),
                        new Comparison.Difference("profile", "rfc", "short"),
                        new Comparison.Difference("deviations from RFC 2544", "", "Shorter."),
                        new Comparison.Difference("machine, kernel", "6.12.9-amd64", "6.18.1"),
                        new Comparison.Difference("machine, governor", "performance", ""),
                        new Comparison.Difference("path, emulated", "no", "yes"),
                        new Comparison.Difference("path, tx driver", "veth", "ice"),
                        new Comparison.Difference("path, settings", "", "ring 4096"));
        assertThat(comparison.text())
                .contains("The runs differ in more than what was tested:")
                .contains("- machine, governor: performance / (none)")
                .contains("(incomplete: stopped before its end)");
    }

    @Test
    void tellsTheSameAsTextAndAsJson(@TempDir Path directory) throws Exception {
        Comparison comparison =
                compare(throughput(10, 1_000, 1_010, 990, 1_005), throughput(10, 1_500, 1_490, 1_510, 1_495));
        Path file = directory.resolve("comparison.json");

        comparison.write(file);

        JsonNode tree = new JsonMapper().readTree(Files.readString(file));
        assertThat(tree.at("/schema").asString()).isEqualTo(Comparison.SCHEMA);
        assertThat(tree.at("/verdict").asString()).isEqualTo("BETTER");
        assertThat(tree.at("/rows/0/figure").asString()).isEqualTo("THROUGHPUT");
        assertThat(tree.at("/rows/0/probability").asDouble()).isCloseTo(0.02857, within(1e-5));
        assertThat(comparison.text())
                .containsPattern("64 +throughput +1,003 fps +1,498 fps +1.49\\d +1\\.\\d+ to 1\\.\\d+ +4, 4 +better")
                .contains("- 64 throughput: Better: p = 0.029.")
                .contains("verdict: better. The second is better.")
                .contains("about one in twenty rows differs by chance");
        assertThat(comparison.text().lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(110));
    }

    private static Verdict limitedVerdict(double first, List<String> firstWhy, double second, List<String> secondWhy) {
        return compare(limited(first, firstWhy), limited(second, secondWhy)).verdict();
    }

    private static SizeResult limited(double rate, List<String> why) {
        List<Double> repeats = DoubleStream.of(1, 1.001, 0.999, 1.002)
                .map(factor -> rate * factor)
                .boxed()
                .toList();
        return SampleReports.bare(
                "64", OptionalDouble.empty(), Optional.of(new Throughput(rate, rate * 512, 1, repeats)), why);
    }

    private static SizeResult latency(double mean) {
        Latency all = new Latency(1_000, 1_000, mean, 9_000, 9_500, 10_000, 11_000, 12_000);
        List<Double> means = DoubleStream.of(1, 1.001, 0.999, 1.002)
                .map(factor -> mean * factor)
                .boxed()
                .toList();
        return new SizeResult(
                "64",
                64,
                OptionalDouble.empty(),
                Optional.empty(),
                List.of(),
                Optional.of(new LatencyResult(100_000, all, means)),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of());
    }
}
