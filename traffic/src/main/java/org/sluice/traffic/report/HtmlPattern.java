package org.sluice.traffic.report;

import java.util.List;

/** The section of one pattern: what it was, its tables, and what has to be said about them. */
final class HtmlPattern {
    private final Markup out;

    HtmlPattern(Markup out) {
        this.out = out;
    }

    /** Where links to the section go. Names of patterns may hold what an anchor may not. */
    static String anchor(PatternResult pattern) {
        return "pattern-" + pattern.name().replaceAll("[^A-Za-z0-9-]", "_");
    }

    void section(PatternResult pattern) {
        out.open("section", "class", "pattern", "id", anchor(pattern));
        out.open("h2").text(pattern.title());
        if (pattern.emulated()) {
            out.text(" ").element("span", "emulated", "class", "flag");
        }
        out.close();
        out.element("p", pattern.description(), "class", "lead");
        if (pattern.emulated()) {
            out.element("p", Sentences.emulated("this path"));
        }
        if (pattern.sizes().isEmpty()) {
            out.element("p", "No frame size was measured.");
        }
        HtmlTable.write(out, Tables.results(pattern));
        list(pattern.sizes().stream()
                .flatMap(size -> Sentences.about(size).stream())
                .toList());
        list(pattern.notes());
        HtmlTable.write(out, Tables.latency(pattern));
        HtmlTable.write(out, Tables.loss(pattern));
        HtmlTable.write(out, Tables.backToBack(pattern));
        HtmlTable.write(out, Tables.goals(pattern));
        HtmlTable.write(out, TesterTables.floor(pattern));
        path(pattern);
        folded("Soak by interval", pattern.sizes().stream().map(Tables::soak).toList());
        folded("Every trial", List.of(TesterTables.trials(pattern)));
        out.close();
    }

    private void path(PatternResult pattern) {
        if (!pattern.ports().isEmpty()) {
            out.element("h3", "Interfaces");
            list(pattern.ports().stream().map(Sentences::port).toList());
        }
        if (!pattern.settings().isEmpty()) {
            out.element("h3", "Settings changed for it");
            list(pattern.settings().stream().map(Sentences::setting).toList());
        }
    }

    private void folded(String summary, List<Table> tables) {
        if (tables.stream().allMatch(Table::isEmpty)) {
            return;
        }
        int rows = tables.stream().mapToInt(table -> table.rows().size()).sum();
        out.open("details").element("summary", summary + " (" + Numbers.counted(rows, "row") + ")");
        tables.forEach(table -> HtmlTable.write(out, table));
        out.close();
    }

    private void list(List<String> sentences) {
        if (!sentences.isEmpty()) {
            out.open("ul", "class", "said");
            sentences.forEach(sentence -> out.element("li", sentence));
            out.close();
        }
    }
}
