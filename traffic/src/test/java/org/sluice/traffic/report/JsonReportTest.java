package org.sluice.traffic.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.traffic.report.SizeResult.Throughput;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonReportTest {
    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("report.json");
    }

    @Test
    void readsBackWhatItWrote() {
        for (Report report : List.of(
                SampleReports.fourPatterns(),
                SampleReports.interruptedAtOnce(),
                SampleReports.onePattern(
                        SampleReports.bare("IMIX", OptionalDouble.empty(), Optional.empty(), List.of())))) {
            JsonReport.write(report, file());

            assertThat(JsonReport.read(file())).isEqualTo(report);
        }
        assertThat(JsonReport.read(file()).machine().keySet())
                .containsExactlyElementsOf(SampleReports.machine().keySet());
    }

    @Test
    void namesComponentsAsTheyAreInTheirOrderAndLeavesOutWhatIsAbsent() {
        String text = JsonReport.text(SampleReports.onePattern(
                SampleReports.bare("64", OptionalDouble.empty(), Optional.empty(), List.of())));
        JsonNode tree = new JsonMapper().readTree(text);

        assertThat(tree.propertyNames())
                .containsExactly(
                        "schema",
                        "version",
                        "command",
                        "started",
                        "finished",
                        "complete",
                        "profile",
                        "machine",
                        "patterns",
                        "leftOut");
        assertThat(tree.at("/started").asString()).isEqualTo("2026-03-02T09:15:00Z");
        assertThat(tree.at("/profile").propertyNames()).containsExactly("name", "deviations");
        assertThat(tree.at("/patterns/0/sizes/0").propertyNames())
                .containsExactly("frames", "meanBytes", "goals", "lossCurve", "soak", "trials", "testerLimited");
    }

    @Test
    void writesNumbersWithoutAnExponent() {
        String text = JsonReport.text(SampleReports.onePattern(SampleReports.throughput("64", 1e-9, 14_880_952)));

        assertThat(text).contains("\"framesPerSecond\" : 14880952,").contains("\"width\" : 0.0000000010");
        assertThat(text).doesNotContain("NaN");
    }

    @Test
    void aRecordRefusesWhatIsNoNumber() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Throughput(Double.NaN, 0, 0, List.of()))
                .withMessage("framesPerSecond is NaN, which is no number.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Throughput(1, 1, 0, List.of(1.0, Double.POSITIVE_INFINITY)))
                .withMessageContaining("repeats is Infinity");
    }

    @Test
    void anInterruptedRunSaysSo() {
        assertThat(new JsonMapper()
                        .readTree(JsonReport.text(SampleReports.interruptedAtOnce()))
                        .at("/complete")
                        .asBoolean())
                .isFalse();
    }

    @Test
    void passesOverMembersItDoesNotKnow() throws IOException {
        damage("\"complete\" : true,", "\"complete\" : true, \"weather\" : \"rain\",");

        assertThat(JsonReport.read(file())).isEqualTo(SampleReports.fourPatterns());
    }

    @Test
    void saysWhichFieldIsMissing() throws IOException {
        damage("\"meanBytes\" : 64,", "");
        refuses("the field 'patterns[0].sizes[0].meanBytes' is missing");

        damage("\"complete\" : true,", "");
        refuses("the field 'complete' is missing");

        damage("\"title\" : \"Bare forwarding\",", "");
        refuses("the field 'patterns[0].title' is missing");
    }

    @Test
    void saysWhichFieldIsWrong() throws IOException {
        damage("\"meanBytes\" : 64,", "\"meanBytes\" : \"many\",");
        refuses("the field 'patterns[0].sizes[0].meanBytes' has a value of the wrong kind");

        damage("\"title\" : \"Bare forwarding\",", "\"title\" : null,");
        refuses("the field 'patterns[0].title' is empty");

        damage("\"complete\" : true,", "\"complete\" : null,");
        refuses("the field 'complete' is empty");

        damage("\"2026-03-02T09:15:00Z\"", "\"yesterday\"");
        refuses("the field 'started' has a value of the wrong kind");

        damage("\"samples\" : 20000,", "\"samples\" : 0,");
        refuses("the field 'patterns[0].floorBefore.loop' cannot be: A latency of no frames is none");

        damage("\"name\" : \"tuned-forwarding\"", "\"name\" : \"bare-forwarding\"");
        refuses("cannot be: Two of the patterns have the name 'bare-forwarding'");
    }

    @Test
    void saysThatAFileIsDamagedOrNoReport() throws IOException {
        String text = JsonReport.text(SampleReports.fourPatterns());
        Files.writeString(file(), text.substring(0, text.length() / 2));
        refuses("is damaged or no JSON: line ");

        Files.writeString(file(), "");
        refuses("is no report of sluice traffic: the field 'schema' is missing");

        Files.writeString(file(), "[1, 2]");
        refuses("is no report of sluice traffic");

        Files.writeString(file(), "{\"schema\": \"sluice-traffic/9\"}");
        refuses("has the schema 'sluice-traffic/9' in its field 'schema'; this Sluice reads 'sluice-traffic/1'.");

        Files.delete(file());
        refuses("cannot be read: there is no " + file());
    }

    @Test
    void writesTheFileWholeAndLeavesNothingBeside() throws IOException {
        JsonReport.write(SampleReports.interruptedAtOnce(), file());
        JsonReport.write(SampleReports.fourPatterns(), file());

        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file());
        }
    }

    @Test
    void keepsALinkAndReplacesWhatItPointsTo() throws IOException {
        Path real = Files.createFile(directory.resolve("real.json"));
        Files.createSymbolicLink(file(), real);

        JsonReport.write(SampleReports.fourPatterns(), file());

        assertThat(file()).isSymbolicLink();
        assertThat(JsonReport.read(real)).isEqualTo(SampleReports.fourPatterns());
    }

    @Test
    void saysWhyAFileCannotBeWritten() {
        Path nowhere = directory.resolve("missing/report.json");

        assertThatExceptionOfType(ReportException.class)
                .isThrownBy(() -> JsonReport.write(SampleReports.fourPatterns(), nowhere))
                .withMessageContaining("The report cannot be written to " + nowhere + ": there is no ")
                .satisfies(refused -> assertThat(refused.code()).isEqualTo("report.write"));
        assertThatExceptionOfType(ReportException.class)
                .isThrownBy(() -> JsonReport.write(SampleReports.fourPatterns(), directory))
                .withMessageContaining("it is a directory");
    }

    private void damage(String what, String with) throws IOException {
        String text = JsonReport.text(SampleReports.fourPatterns());
        int at = text.indexOf(what);
        assertThat(at).as(what).isNotNegative();
        Files.writeString(file(), text.substring(0, at) + with + text.substring(at + what.length()));
    }

    private void refuses(String sentence) {
        assertThatExceptionOfType(ReportException.class)
                .isThrownBy(() -> JsonReport.read(file()))
                .withMessageStartingWith("The file " + file() + " ")
                .withMessageContaining(sentence)
                .satisfies(refused -> assertThat(refused.code()).isEqualTo("report.read"));
    }
}
