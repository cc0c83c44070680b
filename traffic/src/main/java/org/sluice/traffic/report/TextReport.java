package org.sluice.traffic.report;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A report for the terminal: plain text in lines of about 100 columns, without colours. Of the machine and its interfaces it tells what
 * explains figures at a glance; the other forms have all facts. Thread-safe.
 */
public final class TextReport {
    private final StringBuilder text = new StringBuilder();

    private TextReport() {}

    /** The report as text, with a line break at its end. */
    public static String text(Report report) {
        requireNonNull(report, "report is null");
        TextReport writer = new TextReport();
        writer.head(report);
        report.patterns().forEach(writer::pattern);
        writer.foot(report);
        return writer.text.toString();
    }

    private void head(Report report) {
        sentence(report.command());
        sentence(Sentences.when(report) + ", Sluice " + report.version());
        if (!report.complete()) {
            sentence(Sentences.INCOMPLETE);
        }
        sentence(Sentences.profile(report) + " " + String.join(" ", Sentences.deviations(report)));
        String machine = report.machine().entrySet().stream()
                .filter(fact -> Sentences.MACHINE_IN_SHORT.contains(fact.getKey()))
                .map(fact -> fact.getKey() + " " + fact.getValue())
                .collect(Collectors.joining("; "));
        if (!machine.isEmpty()) {
            sentence("machine: " + machine);
        }
        if (report.patterns().isEmpty()) {
            blank();
            sentence("Nothing was measured.");
        }
    }

    private void pattern(PatternResult pattern) {
        blank();
        line(pattern.title() + " (" + pattern.name() + ")");
        line("=".repeat(pattern.title().length() + pattern.name().length() + 3));
        sentence(pattern.description());
        if (pattern.emulated()) {
            sentence(Sentences.emulated("this path"));
        }
        pattern.ports().forEach(port -> item(Sentences.port(port)));
        if (!pattern.settings().isEmpty()) {
            line("settings changed for it");
            pattern.settings().forEach(change -> item(Sentences.setting(change)));
        }
        table(TesterTables.floor(pattern));
        table(Tables.results(pattern));
        table(Tables.latency(pattern));
        table(Tables.goals(pattern));
        if (pattern.sizes().isEmpty()) {
            sentence("No frame size was measured.");
        }
        List<String> about = pattern.sizes().stream()
                .flatMap(size -> Sentences.about(size).stream())
                .toList();
        if (!about.isEmpty() || !pattern.notes().isEmpty()) {
            blank();
            about.forEach(this::item);
            pattern.notes().forEach(this::item);
        }
    }

    private void foot(Report report) {
        if (!report.leftOut().isEmpty()) {
            blank();
            line("left out");
            report.leftOut().forEach(this::item);
        }
        if (!report.complete()) {
            blank();
            sentence(Sentences.INCOMPLETE);
        }
    }

    private void table(Table table) {
        if (!table.isEmpty()) {
            blank();
            line(table.caption());
            TextTable.lines(table, "  ").forEach(this::line);
        }
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

    private void blank() {
        text.append('\n');
    }
}
