package org.sluice.traffic.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.traffic.report.SizeResult.Throughput;
import org.w3c.dom.Element;

class HtmlReportTest {
    private static Page page(Report report) throws Exception {
        return Page.of(HtmlReport.text(report));
    }

    @Test
    void isWellFormedAndNeedsNothingElse() throws Exception {
        String html = HtmlReport.text(SampleReports.fourPatterns());
        Page page = Page.of(html);

        assertThat(html).startsWith("<!DOCTYPE html>\n<html ");
        assertThat(page.all("//script | //link | //img | //iframe | //@src/..")).isEmpty();
        assertThat(html.replace("http://www.w3.org/1999/xhtml", "").replace("http://www.w3.org/2000/svg", ""))
                .doesNotContain("http:")
                .doesNotContain("https:")
                .doesNotContain("@import");
    }

    @Test
    void followsTheReadersSchemeAndPrints() {
        assertThat(HtmlReport.text(SampleReports.interruptedAtOnce()))
                .contains("prefers-color-scheme: dark")
                .contains("@media print")
                .contains("break-inside: avoid");
    }

    @Test
    void idsAreUniqueAndEveryReferenceHasItsTarget() throws Exception {
        String html = HtmlReport.text(SampleReports.fourPatterns());
        Page page = Page.of(html);
        List<String> ids = page.all("//*[@id]").stream()
                .map(element -> element.getAttribute("id"))
                .toList();

        assertThat(new HashSet<>(ids)).hasSameSizeAs(ids);
        assertThat(page.all("//a"))
                .hasSize(4)
                .allSatisfy(link ->
                        assertThat(ids).contains(link.getAttribute("href").substring(1)));
        assertThat(page.all("//*[starts-with(@fill, 'url(#')]")).isNotEmpty().allSatisfy(bar -> {
            String fill = bar.getAttribute("fill");
            assertThat(ids).contains(fill.substring(5, fill.length() - 1));
        });
    }

    @Test
    void everyChartHasATitleADescriptionAndATableOfItsFigures() throws Exception {
        Page page = page(SampleReports.fourPatterns());
        List<Element> charts = page.all("//svg");

        // Throughput twice, latency and loss for each of four patterns, loss and latency of each pattern's soak.
        assertThat(charts).hasSize(2 + 4 + 4 + 8).allSatisfy(chart -> {
            assertThat(chart.getAttribute("role")).isEqualTo("img");
            assertThat(chart.getElementsByTagName("title").item(0).getTextContent())
                    .isNotBlank();
            assertThat(chart.getElementsByTagName("desc").item(0).getTextContent())
                    .isNotBlank();
        });
        assertThat(page.texts("//table/caption"))
                .contains(
                        "Throughput by frame size",
                        "Throughput",
                        "Latency",
                        "Frame loss rate by load and frame size",
                        "Soak with 512 bytes");
        assertThat(page.all("//thead//th[not(@scope='col')] | //tbody//th[not(@scope='row')]"))
                .isEmpty();
        assertThat(page.texts("//h1")).hasSize(1);
    }

    @Test
    void tablesHaveTheFigures() throws Exception {
        Page page = page(SampleReports.onePattern(SampleReports.size("64", 64, 1_488_095, 12_300)));

        assertThat(page.texts("//table[caption='Throughput']/tbody/tr/*"))
                .containsExactly(
                        "64", "14,880,952", "1,488,095", "762", "10.0 %", "4, 0.90 % apart", "90.0 %", "3,720");
        assertThat(page.texts("//table[caption='Latency']/tbody/tr/*"))
                .contains("12.3 µs", "20.9 µs", "49.2 µs", "135 µs");
        assertThat(page.texts("//table[caption='Frame loss rate by load and frame size']/tbody/tr[1]/*"))
                .containsExactly("100 %", "90.0 %");
    }

    @Test
    void flagsWhereTheTesterWasTheLimit() throws Exception {
        Page page = page(SampleReports.fourPatterns());

        assertThat(page.texts("//td/span[@class='flag']")).containsExactly("tester-limited");
        assertThat(page.texts("//figcaption").getFirst()).contains("* tester-limited: the device may do more.");
        assertThat(page.texts("//text[@class='value']")).contains("65*");
    }

    @Test
    void saysWhatIsNotCompliantEmulatedLeftOutOrIncomplete() throws Exception {
        assertThat(page(SampleReports.fourPatterns()).texts("//*[starts-with(@class, 'notice')]"))
                .anySatisfy(notice -> assertThat(notice)
                        .contains("short profile: not RFC 2544 compliant:", "Trials of throughput last 5 s"))
                .anySatisfy(
                        notice -> assertThat(notice).startsWith("Emulated: a device of One VM with a VF is software"))
                .anySatisfy(notice -> assertThat(notice).contains("Left out:", "Ten VMs with a VF each"));

        Page nothing = page(SampleReports.interruptedAtOnce());
        assertThat(nothing.texts("//h1")).containsExactly("Nothing was measured");
        assertThat(nothing.texts("//*[starts-with(@class, 'notice')]").getFirst())
                .startsWith("Incomplete: the run was stopped");
        assertThat(nothing.texts("//*[starts-with(@class, 'notice')]").get(1))
                .contains("rfc profile: not RFC 2544 compliant:", "The run was stopped before its end.");
        assertThat(nothing.all("//svg")).isEmpty();
    }

    @Test
    void escapesEveryText() throws Exception {
        String nasty = "<script>alert('&\"')</script>\u0000\u001b";
        String kept = "<script>alert('&\"')</script>\ufffd\ufffd";
        SizeResult size = SampleReports.bare(
                nasty, OptionalDouble.empty(), Optional.of(new Throughput(1, 512, 0, List.of(1.0))), List.of(nasty));
        Page page = page(new Report(
                Report.SCHEMA,
                nasty,
                nasty,
                SampleReports.STARTED,
                SampleReports.STARTED,
                false,
                new Profile(nasty, List.of(nasty)),
                Map.of(nasty, nasty),
                List.of(new PatternResult(
                        nasty,
                        nasty,
                        nasty,
                        true,
                        List.of(new PortFacts(nasty, nasty, Map.of(nasty, nasty))),
                        List.of(new SettingChange(nasty, nasty, nasty, nasty)),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(size),
                        List.of(nasty))),
                List.of(nasty)));

        assertThat(page.all("//script")).isEmpty();
        assertThat(page.texts("//h1")).containsExactly(kept);
        assertThat(page.texts("//svg/title").getFirst()).isNotBlank();
        assertThat(page.texts("//svg/text")).contains(kept);
        assertThat(page.texts("//dd")).containsExactly(kept);
    }

    @Test
    void drawsASingleSizeWithoutALineRate() throws Exception {
        SizeResult mix = SampleReports.bare(
                "IMIX",
                OptionalDouble.empty(),
                Optional.of(new Throughput(250_000, 1e9, 500, List.of(250_000.0))),
                List.of());
        Page page = page(SampleReports.onePattern(mix));

        assertThat(page.all("//svg")).hasSize(2);
        assertThat(page.all("//line[@class='reference']")).isEmpty();
        assertThat(page.texts("//svg/text[@class='tick']")).contains("IMIX");
    }

    @Test
    void drawsPatternsThatShareOnlySomeSizes() throws Exception {
        PatternResult both = SampleReports.onePattern(
                        SampleReports.size("64", 64, 1e6, 9_000), SampleReports.size("IMIX", 350, 1e6, 9_000))
                .patterns()
                .getFirst();
        PatternResult one = new PatternResult(
                "other",
                "Other",
                "Else.",
                false,
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                List.of(SampleReports.size("1518", 1518, 1e6, 9_000)),
                List.of());
        Page page = page(SampleReports.report(true, both, one));

        assertThat(page.texts("//table[caption='Throughput by frame size']/tbody/tr/th"))
                .containsExactly("64", "IMIX", "1518");
        assertThat(page.texts("//table[caption='Throughput by frame size']/tbody/tr[1]/td"))
                .containsExactly("1,000,000", "6.72 %", "-", "");
        assertThat(page.all("(//svg)[1]//rect[starts-with(@class, 'bar')]"))
                .as("three bars and two swatches of the legend")
                .hasSize(5);
    }

    @Test
    void writesAFile(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("report.html");

        HtmlReport.write(SampleReports.fourPatterns(), file);

        assertThat(Files.readString(file)).isEqualTo(HtmlReport.text(SampleReports.fourPatterns()));
    }
}
