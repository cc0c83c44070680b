package org.sluice.traffic.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.sluice.traffic.report.Comparison.Figure;
import org.sluice.traffic.report.SizeResult.LatencyResult;
import org.sluice.traffic.report.SizeResult.Throughput;
import org.sluice.traffic.trial.Floor;
import org.sluice.traffic.trial.Latency;

/**
 * Pairs the figures of two reports by pattern name and frame size.
 *
 * @param rows one for each figure that both have
 * @param unmatched what only one of them has, one sentence each
 */
record Matching(List<Comparison.Row> rows, List<String> unmatched) {
    /** Latencies at loads this far apart, as a ratio less 1, are not latencies at the same load. */
    private static final double SAME_LOAD = 0.01;

    Matching {
        rows = List.copyOf(rows);
        unmatched = List.copyOf(unmatched);
    }

    static Matching of(Report first, Report second) {
        List<Comparison.Row> rows = new ArrayList<>();
        List<String> unmatched = new ArrayList<>();
        for (PatternResult pattern : first.patterns()) {
            Optional<PatternResult> other = second.patterns().stream()
                    .filter(candidate -> candidate.name().equals(pattern.name()))
                    .findFirst();
            if (other.isEmpty()) {
                unmatched.add("Only the first report has the pattern '" + pattern.name() + "'.");
            } else {
                sizes(pattern, other.get(), rows, unmatched);
            }
        }
        second.patterns().stream()
                .map(PatternResult::name)
                .filter(name -> first.patterns().stream()
                        .noneMatch(pattern -> pattern.name().equals(name)))
                .forEach(name -> unmatched.add("Only the second report has the pattern '" + name + "'."));
        return new Matching(rows, unmatched);
    }

    private static void sizes(
            PatternResult first, PatternResult second, List<Comparison.Row> rows, List<String> unmatched) {
        for (SizeResult size : first.sizes()) {
            Optional<SizeResult> other = ChartData.size(second, size.frames());
            if (other.isEmpty()) {
                unmatched.add(only("first", first, size, "the frame size"));
                continue;
            }
            throughput(first, size, other.get(), rows, unmatched);
            latency(first, second, size, other.get(), rows, unmatched);
        }
        second.sizes().stream()
                .filter(size -> ChartData.size(first, size.frames()).isEmpty())
                .forEach(size -> unmatched.add(only("second", second, size, "the frame size")));
    }

    private static void throughput(
            PatternResult pattern,
            SizeResult first,
            SizeResult second,
            List<Comparison.Row> rows,
            List<String> unmatched) {
        if (first.throughput().isEmpty() || second.throughput().isEmpty()) {
            first.throughput().ifPresent(_ -> unmatched.add(only("first", pattern, first, "a throughput for")));
            second.throughput().ifPresent(_ -> unmatched.add(only("second", pattern, second, "a throughput for")));
            return;
        }
        Throughput one = first.throughput().get();
        Throughput other = second.throughput().get();
        Judgement judgement = Judgement.of(
                new Judgement.Sample(one.framesPerSecond(), one.repeats()),
                new Judgement.Sample(other.framesPerSecond(), other.repeats()),
                Math.max(one.width(), other.width()),
                "the search's resolution",
                true);
        rows.add(judgement
                .limitedByTester(
                        !first.testerLimited().isEmpty(),
                        !second.testerLimited().isEmpty())
                .row(pattern.name(), first.frames(), Figure.THROUGHPUT));
    }

    private static void latency(
            PatternResult firstPattern,
            PatternResult secondPattern,
            SizeResult first,
            SizeResult second,
            List<Comparison.Row> rows,
            List<String> unmatched) {
        if (first.latency().isEmpty() || second.latency().isEmpty()) {
            first.latency().ifPresent(_ -> unmatched.add(only("first", firstPattern, first, "a latency for")));
            second.latency().ifPresent(_ -> unmatched.add(only("second", firstPattern, second, "a latency for")));
            return;
        }
        LatencyResult one = first.latency().get();
        LatencyResult other = second.latency().get();
        Judgement judgement = Judgement.of(
                new Judgement.Sample(one.all().mean(), one.repeatMeans()),
                new Judgement.Sample(other.all().mean(), other.repeatMeans()),
                Math.max(drift(firstPattern), drift(secondPattern)),
                "what the tester's own floor moved by",
                false);
        boolean sameLoad = Math.abs(one.framesPerSecond() - other.framesPerSecond())
                <= SAME_LOAD * Math.max(one.framesPerSecond(), other.framesPerSecond());
        if (!sameLoad) {
            judgement = judgement.noting("Measured at different loads: " + Numbers.rate(one.framesPerSecond()) + " and "
                    + Numbers.rate(other.framesPerSecond()) + " fps.");
        }
        rows.add(judgement.row(firstPattern.name(), first.frames(), Figure.LATENCY));
    }

    /** How far the floor's mean latency moved while the pattern was measured, in nanoseconds; 0 when that is not known. */
    private static double drift(PatternResult pattern) {
        double[] means = Stream.of(pattern.floorBefore(), pattern.floorAfter())
                .flatMap(Optional::stream)
                .map(Floor::loop)
                .flatMap(Optional::stream)
                .mapToDouble(Latency::mean)
                .toArray();
        return means.length < 2
                ? 0
                : DoubleStream.of(means).max().getAsDouble()
                        - DoubleStream.of(means).min().getAsDouble();
    }

    private static String only(String which, PatternResult pattern, SizeResult size, String what) {
        return "Only the " + which + " report has " + what + " " + size.frames() + " of the pattern '" + pattern.name()
                + "'.";
    }
}
