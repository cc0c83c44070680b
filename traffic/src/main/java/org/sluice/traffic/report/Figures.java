package org.sluice.traffic.report;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sluice.traffic.report.SizeResult.LossPoint;

/** What is computed from a {@link SizeResult} for people to read, and written nowhere. */
final class Figures {
    private Figures() {}

    /** The throughput as a share of the line rate; absent when one of them is. */
    static OptionalDouble ofLine(SizeResult size) {
        if (size.throughput().isEmpty()
                || size.lineRate().isEmpty()
                || size.lineRate().getAsDouble() <= 0) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(
                size.throughput().get().framesPerSecond() / size.lineRate().getAsDouble());
    }

    /** The line rate in bits of frames a second, without preamble and gap, as the throughput is. */
    static OptionalDouble lineBits(SizeResult size) {
        return size.lineRate().isPresent()
                ? OptionalDouble.of(size.lineRate().getAsDouble() * size.meanBytes() * 8)
                : OptionalDouble.empty();
    }

    /** How far the repeats are apart: largest less smallest, as a share of their median; absent with fewer than two. */
    static OptionalDouble spread(List<Double> repeats) {
        if (repeats.size() < 2) {
            return OptionalDouble.empty();
        }
        List<Double> sorted = repeats.stream().sorted().toList();
        double median = median(sorted);
        return median == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of((sorted.getLast() - sorted.getFirst()) / median);
    }

    /** The median of values that are sorted already, at least one. */
    static double median(List<Double> sorted) {
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** The point of the loss curve with the highest load. */
    static Optional<LossPoint> topLoad(SizeResult size) {
        return size.lossCurve().stream().max(Comparator.comparingDouble(LossPoint::framesPerSecond));
    }

    /** The loss at the highest load, followed by that load unless it is the line rate. */
    static String lossAtTop(SizeResult size) {
        return topLoad(size)
                .map(top -> Numbers.percent(top.lossRatio())
                        + (atLineRate(top, size) ? "" : " at " + load(top.framesPerSecond(), size)))
                .orElse("");
    }

    /** A load as a share of the line rate, or as frames a second where that is not known. */
    static String load(double framesPerSecond, SizeResult size) {
        return size.lineRate().isPresent() && size.lineRate().getAsDouble() > 0
                ? Numbers.percent(round(framesPerSecond / size.lineRate().getAsDouble()))
                : Numbers.rate(framesPerSecond) + "/s";
    }

    /** Frames that trials sent, and how many of the trials were doubted. */
    static long doubted(SizeResult size) {
        return size.trials().stream().filter(trial -> !trial.doubts().isEmpty()).count();
    }

    private static boolean atLineRate(LossPoint point, SizeResult size) {
        // A pace in whole nanoseconds hits the line rate to within less than that.
        return size.lineRate().isPresent()
                && Math.abs(point.framesPerSecond() / size.lineRate().getAsDouble() - 1) < 0.001;
    }

    private static double round(double ratio) {
        return Math.rint(ratio * 10_000) / 10_000;
    }
}
