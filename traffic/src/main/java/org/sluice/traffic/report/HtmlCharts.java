package org.sluice.traffic.report;

import static org.sluice.traffic.report.Table.Column.number;
import static org.sluice.traffic.report.Table.Column.words;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** The charts, patterns side by side, each with a table of the same figures or a link to it. */
final class HtmlCharts {
    private static final double FULL = 960;
    private static final double HALF = 474;

    private final Markup out;
    private final List<PatternResult> patterns;
    private final ChartData data;
    private int charts;

    HtmlCharts(Markup out, List<PatternResult> patterns) {
        this.out = out;
        this.patterns = patterns;
        this.data = new ChartData(patterns);
    }

    void sections() {
        throughput();
        latency();
        loss();
        soak();
    }

    private void throughput() {
        BarChart bits = data.bits();
        if (bits.isEmpty()) {
            return;
        }
        out.open("section").element("h2", "Throughput");
        String starred = data.testerLimited() ? " * tester-limited: the device may do more." : "";
        figure(
                "Throughput by frame size; figures on the bars: per cent of the line rate." + starred,
                () -> bits.draw(out, nextId()));
        figure(
                "Packets per second by frame size; figures on the bars: frames a second." + starred,
                () -> data.packets().draw(out, nextId()));
        if (patterns.size() > 1) {
            HtmlTable.write(out, sideBySide());
        }
        out.close();
    }

    /** A row for each frame size, and for each pattern what it forwarded. */
    private Table sideBySide() {
        List<Table.Column> columns = new ArrayList<>(List.of(words("frame")));
        patterns.forEach(pattern -> {
            columns.add(number(pattern.title() + " fps"));
            columns.add(number("of line"));
        });
        List<List<String>> rows = new ArrayList<>();
        for (String frames : data.frames()) {
            List<String> row = new ArrayList<>(List.of(frames));
            for (PatternResult pattern : patterns) {
                Optional<SizeResult> size = ChartData.size(pattern, frames);
                row.add(size.flatMap(SizeResult::throughput)
                        .map(found -> Numbers.rate(found.framesPerSecond()))
                        .orElse("-"));
                OptionalDouble share = size.map(Figures::ofLine).orElse(OptionalDouble.empty());
                row.add((share.isPresent() ? Numbers.percent(share.getAsDouble()) : "")
                        + (size.isPresent() && !size.get().testerLimited().isEmpty()
                                ? " (" + Tables.TESTER_LIMITED + ")"
                                : ""));
            }
            rows.add(row);
        }
        return new Table("Throughput by frame size", columns, rows).withoutEmptyColumns();
    }

    private void latency() {
        panels(
                "Latency",
                "Latency percentiles by frame size, at each size's throughput. The axis is logarithmic.",
                data.latencies(),
                "Latency");
    }

    private void loss() {
        panels(
                "Frame loss",
                "Share of the frames lost, by offered load; one line for each frame size.",
                data.losses(),
                "Frame loss rate");
    }

    private void soak() {
        panels("Soak", "A fixed load for a long time, by interval.", data.soaks(), "Soak by interval");
    }

    private void panels(String heading, String caption, List<LineChart> panels, String table) {
        if (panels.isEmpty()) {
            return;
        }
        out.open("section").element("h2", heading);
        Consumer<LineChart> draw = panel -> panel.draw(out, nextId(), panels.size() == 1 ? FULL : HALF);
        figure(caption + " The figures are in the table '" + table + "' of each path.", () -> {
            out.open("div", "class", panels.size() == 1 ? "panel" : "panels");
            panels.forEach(draw);
            out.close();
        });
        out.close();
    }

    private void figure(String caption, Runnable content) {
        out.open("figure");
        content.run();
        out.element("figcaption", caption);
        out.close();
    }

    private String nextId() {
        charts++;
        return "chart" + charts;
    }
}
