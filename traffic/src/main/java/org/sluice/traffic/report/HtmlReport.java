package org.sluice.traffic.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A report as one HTML page that needs nothing else: no script, no font, no network. It follows the reader's light or dark
 * scheme, prints on A4 in grey, and is well-formed XML. Thread-safe.
 */
public final class HtmlReport {
    private static final String STYLE = style();

    private final Markup out = new Markup();
    private final Report report;

    private HtmlReport(Report report) {
        this.report = report;
    }

    /** The page. */
    public static String text(Report report) {
        HtmlReport page = new HtmlReport(requireNonNull(report, "report is null"));
        page.page();
        return "<!DOCTYPE html>\n" + page.out + "\n";
    }

    /**
     * Writes the file whole or not at all.
     *
     * @throws ReportException {@code report.write} when that is not possible
     */
    public static void write(Report report, Path file) {
        ReportFile.write(file, text(report));
    }

    private void page() {
        String title = title();
        out.open("html", "xmlns", "http://www.w3.org/1999/xhtml", "lang", "en");
        out.open("head");
        out.empty("meta", "charset", "utf-8");
        out.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        out.empty("meta", "name", "color-scheme", "content", "light dark");
        out.element("title", title + " - Sluice traffic");
        out.open("style").constant(STYLE).close();
        out.close();
        out.open("body").open("main");
        head(title);
        new HtmlCharts(out, report.patterns()).sections();
        HtmlPattern sections = new HtmlPattern(out);
        report.patterns().forEach(sections::section);
        foot();
        out.close().close().close();
    }

    private String title() {
        List<String> titles =
                report.patterns().stream().map(PatternResult::title).toList();
        return switch (titles.size()) {
            case 0 -> "Nothing was measured";
            case 1 -> titles.getFirst();
            default -> titles.size() + " paths side by side";
        };
    }

    private void head(String title) {
        out.open("header");
        out.element("p", "Sluice traffic", "class", "kicker");
        out.element("h1", title);
        out.element("p", Sentences.when(report) + " · Sluice " + report.version(), "class", "when");
        out.open("p", "class", "command").element("code", report.command()).close();
        out.close();
        if (!report.complete()) {
            notice("strong", Sentences.INCOMPLETE, List.of());
        }
        notice(Sentences.compliant(report) ? "good" : "warn", Sentences.profile(report), Sentences.deviations(report));
        String emulated = report.patterns().stream()
                .filter(PatternResult::emulated)
                .map(PatternResult::title)
                .collect(Collectors.joining(", "));
        if (!emulated.isEmpty()) {
            notice("warn", Sentences.emulated(emulated), List.of());
        }
        if (!report.leftOut().isEmpty()) {
            notice("warn", "Left out:", report.leftOut());
        }
        if (report.patterns().size() > 1) {
            contents();
        }
    }

    private void contents() {
        out.open("nav", "aria-label", "Paths").open("ul", "class", "contents");
        for (PatternResult pattern : report.patterns()) {
            out.open("li")
                    .element("a", pattern.title(), "href", "#" + HtmlPattern.anchor(pattern))
                    .close();
        }
        out.close().close();
    }

    private void notice(String kind, String sentence, List<String> items) {
        out.open("div", "class", "notice " + kind);
        out.element("p", sentence);
        if (!items.isEmpty()) {
            out.open("ul");
            items.forEach(item -> out.element("li", item));
            out.close();
        }
        out.close();
    }

    private void foot() {
        out.open("section", "class", "pattern");
        out.element("h2", "Machine");
        if (report.machine().isEmpty()) {
            out.element("p", "No facts about the machine were recorded.");
        }
        out.open("dl", "class", "facts");
        report.machine()
                .forEach((name, value) ->
                        out.open("div").element("dt", name).element("dd", value).close());
        out.close().close();
        out.open("footer").open("p");
        out.text(
                "Throughput is the highest rate without loss (RFC 2544, section 26.1), or the NDR where MLRsearch found it. ");
        out.text("Mbit/s count frames with their check sequence, without preamble and gap. ");
        out.text(
                "Latencies and floors include the tester's own path: no figure below its floor says anything about a device.");
        out.close().close();
    }

    private static String style() {
        try (InputStream file = HtmlReport.class.getResourceAsStream("report.css")) {
            return "\n"
                    + new String(requireNonNull(file, "report.css is missing").readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
