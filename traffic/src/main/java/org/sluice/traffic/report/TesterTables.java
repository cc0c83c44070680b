package org.sluice.traffic.report;

import static org.sluice.traffic.report.Table.Column.number;
import static org.sluice.traffic.report.Table.Column.words;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.sluice.traffic.report.SizeResult.TrialRow;
import org.sluice.traffic.trial.Floor;
import org.sluice.traffic.trial.Lateness;

/** What tells how far the tester may be trusted: its floor, its trials, and why some were doubted. */
final class TesterTables {
    private TesterTables() {}

    /** The tester's own floor, before and after. */
    static Table floor(PatternResult pattern) {
        List<List<String>> rows = new ArrayList<>();
        pattern.floorBefore().ifPresent(floor -> rows.add(floorRow("before", floor)));
        pattern.floorAfter().ifPresent(floor -> rows.add(floorRow("after", floor)));
        return new Table(
                        "The tester's own floor",
                        List.of(
                                words("measured"),
                                number("clock read"),
                                number("spin gaps p99.9, max"),
                                number("lateness p99.9, max"),
                                number("loop fps"),
                                number("loop p50, p99, p99.9"),
                                number("loop lost")),
                        rows)
                .withoutEmptyColumns();
    }

    /** Every trial. */
    static Table trials(PatternResult pattern) {
        List<List<String>> rows = new ArrayList<>();
        for (SizeResult size : pattern.sizes()) {
            for (TrialRow trial : size.trials()) {
                rows.add(List.of(
                        size.frames(),
                        trial.purpose(),
                        trial.framesPerSecond() == 0 ? "unpaced" : Numbers.rate(trial.framesPerSecond()),
                        Numbers.duration(trial.seconds()),
                        Numbers.count(trial.sent()),
                        Numbers.count(trial.lost()),
                        unlessZero(trial.reordered()),
                        unlessZero(trial.duplicated()),
                        unlessZero(trial.corrupted()),
                        unlessZero(trial.receiverDrops()),
                        Numbers.time(trial.latenessP999()),
                        Numbers.time(trial.latenessMax()),
                        String.join(", ", trial.doubts())));
            }
        }
        return new Table(
                        "Trials",
                        List.of(
                                words("frame"),
                                words("purpose"),
                                number("offered fps"),
                                number("length"),
                                number("sent"),
                                number("lost"),
                                number("reordered"),
                                number("duplicated"),
                                number("corrupted"),
                                number("receiver drops"),
                                number("lateness p99.9"),
                                number("max"),
                                words("doubts")),
                        rows)
                .withoutEmptyColumns();
    }

    /** Why trials were doubted, with how often, as {@code 3 of 40 trials: frames left too late (2)}; empty when none was. */
    static String doubts(SizeResult size) {
        long doubted = Figures.doubted(size);
        return doubted == 0
                ? ""
                : Numbers.count(doubted) + " of "
                        + Numbers.counted(size.trials().size(), "trial") + " doubted: "
                        + size.trials().stream()
                                .flatMap(trial -> trial.doubts().stream())
                                .collect(Collectors.groupingBy(doubt -> doubt, TreeMap::new, Collectors.counting()))
                                .entrySet()
                                .stream()
                                .map(entry -> entry.getKey() + " (" + Numbers.count(entry.getValue()) + ")")
                                .collect(Collectors.joining(", "));
    }

    private static List<String> floorRow(String when, Floor floor) {
        return List.of(
                when,
                Numbers.time(floor.clockCost()),
                tail(floor.spinGaps()),
                floor.hasLoop() ? tail(floor.lateness()) : "",
                floor.hasLoop() ? Numbers.rate(floor.loopFramesPerSecond()) : "",
                floor.loop()
                        .map(loop -> Numbers.time(loop.p50()) + ", " + Numbers.time(loop.p99()) + ", "
                                + Numbers.time(loop.p999()))
                        .orElse(""),
                floor.hasLoop() ? Numbers.count(floor.loopLost()) : "");
    }

    private static String tail(Lateness lateness) {
        return Numbers.time(lateness.p999()) + ", " + Numbers.time(lateness.max());
    }

    private static String unlessZero(long count) {
        return count == 0 ? "" : Numbers.count(count);
    }
}
