package org.sluice.controller.fleet.qualification;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.sluice.model.qualification.Baseline;
import org.sluice.model.qualification.BaselineFigure;
import org.sluice.model.qualification.MeasuredFigure;
import org.sluice.model.qualification.QualificationSettings;
import org.sluice.model.qualification.QualificationSummary;
import org.sluice.model.qualification.QualificationVerdict;

/** Compares what a card reached with what its class reaches. Pure. */
final class Judging {
    /** A median of fewer hosts says more about them than about their class. */
    static final int FEWEST_HOSTS = 3;

    /** RFC 2544 asks for no loss at the throughput; searches for a partial drop rate (PDR) conventionally allow this. */
    static final double MOST_LOSS = 0.005;

    private Judging() {}

    /** A verdict with its complete sentences. */
    record Judgement(QualificationVerdict verdict, List<String> reasons) {}

    /**
     * Compares a measurement.
     *
     * @param baseline what it is compared with; empty when there is nothing
     * @param fastestLink Mbit/s at which cards of the same kind were measured, where there is nothing to compare with: a link
     *     that came up too slow puts its card into a class of its own
     */
    static Judgement judge(
            QualificationSummary summary,
            Optional<Baseline> baseline,
            OptionalInt fastestLink,
            QualificationSettings settings) {
        List<String> objections = new ArrayList<>();
        for (MeasuredFigure figure : summary.figures()) {
            if (figure.lossRatio() > MOST_LOSS) {
                objections.add("At %d bytes %s %% of the frames were lost at the throughput, %s %% are allowed."
                        .formatted(
                                figure.frameBytes(),
                                percent(figure.lossRatio(), RoundingMode.CEILING),
                                percent(MOST_LOSS, RoundingMode.CEILING)));
            }
        }
        return baseline.map(expected -> compared(summary, expected, settings, objections))
                .orElseGet(() -> alone(summary, fastestLink, objections));
    }

    private static Judgement alone(QualificationSummary summary, OptionalInt fastestLink, List<String> objections) {
        for (MeasuredFigure figure : summary.figures()) {
            if (figure.testerLimited()) {
                objections.add("At %d bytes the tester was the limit, and there is no baseline that its figure could be"
                                .formatted(figure.frameBytes())
                        + " seen to reach; measure again with a faster mode or on a quieter host.");
            }
        }
        if (!objections.isEmpty()) {
            return new Judgement(QualificationVerdict.FAILED, List.copyOf(objections));
        }
        List<String> notes = new ArrayList<>();
        notes.add(
                "There was nothing to compare with: fewer than %d other hosts of class %s have passed, and no baseline"
                                .formatted(FEWEST_HOSTS, summary.cardClass())
                        + " is set for it.");
        int link = summary.cardClass().linkSpeedMbps();
        if (link > 0 && fastestLink.orElse(0) > link) {
            notes.add("Its link ran at %d Mbit/s, and those of other cards of its kind at up to %d Mbit/s."
                    .formatted(link, fastestLink.getAsInt()));
        }
        return new Judgement(QualificationVerdict.UNRATED, List.copyOf(notes));
    }

    private static Judgement compared(
            QualificationSummary summary, Baseline baseline, QualificationSettings settings, List<String> objections) {
        Map<Integer, MeasuredFigure> measured =
                summary.figures().stream().collect(Collectors.toMap(MeasuredFigure::frameBytes, Function.identity()));
        for (BaselineFigure expected : baseline.figures()) {
            @Nullable MeasuredFigure figure = measured.remove(expected.frameBytes());
            if (figure == null) {
                objections.add("Nothing was measured at %d bytes, for which its class has a baseline."
                        .formatted(expected.frameBytes()));
            } else {
                compare(figure, expected, settings, objections);
            }
        }
        if (!objections.isEmpty()) {
            return new Judgement(QualificationVerdict.FAILED, List.copyOf(objections));
        }
        return new Judgement(
                QualificationVerdict.PASSED,
                measured.keySet().stream()
                        .sorted()
                        .map(size -> "At %d bytes there was nothing to compare with.".formatted(size))
                        .toList());
    }

    private static void compare(
            MeasuredFigure figure, BaselineFigure expected, QualificationSettings settings, List<String> objections) {
        double share = (double) figure.framesPerSecond() / expected.framesPerSecond();
        if (share < settings.requiredShare()) {
            objections.add("At %d bytes it reached %s %% of its class's baseline, %s %% are required%s."
                    .formatted(
                            figure.frameBytes(),
                            percent(share, RoundingMode.FLOOR),
                            percent(settings.requiredShare(), RoundingMode.CEILING),
                            figure.testerLimited()
                                    ? "; the tester was the limit, so measure again with a faster mode or on a quieter"
                                            + " host"
                                    : ""));
        }
        double factor = (double) figure.p99LatencyNanos() / expected.p99LatencyNanos();
        if (factor > settings.allowedP99Factor()) {
            objections.add("At %d bytes its p99 latency is %s times that of its class's baseline, %s times are allowed."
                    .formatted(
                            figure.frameBytes(),
                            decimal(factor, RoundingMode.CEILING),
                            decimal(settings.allowedP99Factor(), RoundingMode.FLOOR)));
        }
    }

    private static String percent(double ratio, RoundingMode towards) {
        return text(BigDecimal.valueOf(ratio).movePointRight(2).setScale(1, towards));
    }

    /** Two digits, rounded so that what is beyond a bound never reads as if it were on it. */
    private static String decimal(double factor, RoundingMode towards) {
        return text(BigDecimal.valueOf(factor).setScale(2, towards));
    }

    private static String text(BigDecimal number) {
        return number.stripTrailingZeros().toPlainString();
    }
}
