package org.sluice.traffic.report;

import static org.sluice.traffic.report.Table.Column.number;
import static org.sluice.traffic.report.Table.Column.words;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import org.sluice.traffic.report.SizeResult.BackToBack;
import org.sluice.traffic.report.SizeResult.Goal;
import org.sluice.traffic.report.SizeResult.LossPoint;
import org.sluice.traffic.report.SizeResult.SoakInterval;
import org.sluice.traffic.report.SizeResult.Throughput;
import org.sluice.traffic.trial.Latency;

/** The tables of one pattern. Empty ones have no rows. */
final class Tables {
    static final String TESTER_LIMITED = "tester-limited";

    private Tables() {}

    /** What each frame size reached, one row each. */
    static Table results(PatternResult pattern) {
        List<List<String>> rows = new ArrayList<>();
        for (SizeResult size : pattern.sizes()) {
            Optional<Throughput> throughput = size.throughput();
            rows.add(List.of(
                    size.frames(),
                    cell(size.lineRate(), Numbers::rate),
                    throughput
                            .map(found -> Numbers.rate(found.framesPerSecond()))
                            .orElse("-"),
                    throughput
                            .map(found -> Numbers.megabits(found.bitsPerSecond()))
                            .orElse(""),
                    cell(Figures.ofLine(size), Numbers::percent),
                    size.testerLimited().isEmpty() ? "" : TESTER_LIMITED,
                    throughput.map(found -> repeats(found.repeats())).orElse(""),
                    Figures.lossAtTop(size),
                    size.backToBack().map(Tables::burst).orElse("")));
        }
        return new Table(
                        "Throughput",
                        List.of(
                                words("frame"),
                                number("line rate fps"),
                                number("throughput fps"),
                                number("Mbit/s"),
                                number("of line"),
                                words("limit"),
                                words("repeats"),
                                number("loss at 100 %"),
                                number("back-to-back")),
                        rows)
                .withoutEmptyColumns();
    }

    /** Latency of each frame size, one row each that has one. */
    static Table latency(PatternResult pattern) {
        List<List<String>> rows = new ArrayList<>();
        for (SizeResult size : pattern.sizes()) {
            size.latency().ifPresent(found -> {
                Latency all = found.all();
                rows.add(List.of(
                        size.frames(),
                        Numbers.rate(found.framesPerSecond()),
                        Numbers.count(all.samples()),
                        Numbers.time(all.min()),
                        Numbers.time(all.mean()),
                        Numbers.time(all.p50()),
                        Numbers.time(all.p99()),
                        Numbers.time(all.p999()),
                        Numbers.time(all.max()),
                        repeats(found.repeatMeans())));
            });
        }
        return new Table(
                        "Latency",
                        List.of(
                                words("frame"),
                                number("at fps"),
                                number("samples"),
                                number("min"),
                                number("mean"),
                                number("p50"),
                                number("p99"),
                                number("p99.9"),
                                number("max"),
                                words("repeats")),
                        rows)
                .withoutEmptyColumns();
    }

    /** What MLRsearch found. */
    static Table goals(PatternResult pattern) {
        List<List<String>> rows = new ArrayList<>();
        for (SizeResult size : pattern.sizes()) {
            for (Goal goal : size.goals()) {
                rows.add(List.of(
                        size.frames(),
                        goal.name(),
                        Numbers.percent(goal.lossRatio()),
                        Numbers.rate(goal.framesPerSecond()),
                        cell(goal.upperBound(), Numbers::rate),
                        Numbers.rate(goal.conditionalThroughput()),
                        goal.regular() ? "" : "irregular"));
            }
        }
        return new Table(
                        "MLRsearch goals",
                        List.of(
                                words("frame"),
                                words("goal"),
                                number("loss up to"),
                                number("lower bound fps"),
                                number("upper bound fps"),
                                number("forwarded fps"),
                                words("note")),
                        rows)
                .withoutEmptyColumns();
    }

    /** The loss curves: a row for each load, from the highest down, and a column for each frame size. */
    static Table loss(PatternResult pattern) {
        List<SizeResult> sizes = pattern.sizes().stream()
                .filter(size -> !size.lossCurve().isEmpty())
                .toList();
        // Loads are shares of the line rate where that is known, so most sizes share their rows.
        Map<String, String[]> byLoad = new LinkedHashMap<>();
        for (int column = 0; column < sizes.size(); column++) {
            SizeResult size = sizes.get(column);
            for (LossPoint point : size.lossCurve()) {
                byLoad.computeIfAbsent(Figures.load(point.framesPerSecond(), size), load -> emptyCells(sizes.size()))[
                                column] =
                        Numbers.percent(point.lossRatio());
            }
        }
        List<Table.Column> columns = new ArrayList<>(List.of(words("load")));
        sizes.forEach(size -> columns.add(number(size.frames())));
        List<List<String>> rows = new ArrayList<>();
        byLoad.forEach((load, cells) -> {
            List<String> row = new ArrayList<>(List.of(load));
            row.addAll(List.of(cells));
            rows.add(row);
        });
        return new Table("Frame loss rate by load and frame size", columns, rows);
    }

    /** Back-to-back bursts. */
    static Table backToBack(PatternResult pattern) {
        List<List<String>> rows = new ArrayList<>();
        for (SizeResult size : pattern.sizes()) {
            size.backToBack()
                    .ifPresent(found -> rows.add(List.of(
                            size.frames(),
                            burst(found),
                            Numbers.count(found.min()),
                            Numbers.count(found.max()),
                            Numbers.significant(found.deviation()),
                            cell(found.correctedBufferSeconds(), seconds -> Numbers.time(seconds * 1e9)))));
        }
        return new Table(
                        "Back-to-back frames",
                        List.of(
                                words("frame"),
                                number("mean burst"),
                                number("shortest"),
                                number("longest"),
                                number("deviation"),
                                number("corrected buffer")),
                        rows)
                .withoutEmptyColumns();
    }

    /** A soak by intervals. */
    static Table soak(SizeResult size) {
        List<List<String>> rows = new ArrayList<>();
        for (SoakInterval interval : size.soak()) {
            rows.add(List.of(
                    Numbers.duration(interval.fromSecond()) + " to " + Numbers.duration(interval.toSecond()),
                    Numbers.count(interval.sent()),
                    Numbers.count(interval.lost()),
                    interval.maxLatency() == 0 ? "" : Numbers.time(interval.maxLatency())));
        }
        return new Table(
                        "Soak with " + size.frames() + " bytes",
                        List.of(words("interval"), number("sent"), number("lost"), number("largest latency")),
                        rows)
                .withoutEmptyColumns();
    }

    private static String burst(BackToBack found) {
        return (found.unbounded() ? "\u2265 " : "") + Numbers.count(Math.round(found.frames()));
    }

    /** How many repeats there were and how far they are apart: {@code 4, 0.90 % apart}. */
    private static String repeats(List<Double> repeats) {
        OptionalDouble spread = Figures.spread(repeats);
        return repeats.isEmpty()
                ? ""
                : repeats.size() + (spread.isPresent() ? ", " + Numbers.percent(spread.getAsDouble()) + " apart" : "");
    }

    private static String cell(OptionalDouble value, DoubleFunction<String> words) {
        return value.isPresent() ? words.apply(value.getAsDouble()) : "";
    }

    private static String[] emptyCells(int count) {
        String[] cells = new String[count];
        Arrays.fill(cells, "");
        return cells;
    }
}
