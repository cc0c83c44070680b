package org.sluice.traffic.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Whether one figure differs between two runs, and why.
 *
 * @param first the first run's
 * @param second the second run's
 * @param estimate of the ratio, from the repeats
 * @param probability of the rank test; absent with too few repeats
 * @param resolution the smallest difference that can be seen
 * @param verdict what it comes to
 * @param reason why, one sentence or two
 */
record Judgement(
        Sample first,
        Sample second,
        Optional<HodgesLehmann> estimate,
        OptionalDouble probability,
        double resolution,
        Verdict verdict,
        String reason) {
    /** A difference is one when it comes about by chance less often than this. */
    static final double LEVEL = 0.05;

    /** Repeats that leave room for a difference larger than this cannot show that there is none. */
    static final double TELLING = 0.10;

    /** A figure and the repeats it comes from. */
    record Sample(double value, List<Double> repeats) {
        Sample {
            repeats = List.copyOf(repeats);
        }
    }

    /**
     * Judges a figure.
     *
     * @param resolution differences up to this are none; in the figure's unit
     * @param resolutionName what limits the resolution, in words that follow "within"
     * @param moreIsBetter false for latencies
     */
    static Judgement of(Sample first, Sample second, double resolution, String resolutionName, boolean moreIsBetter) {
        Optional<HodgesLehmann> estimate = HodgesLehmann.of(first.repeats(), second.repeats());
        int firstCount = first.repeats().size();
        int secondCount = second.repeats().size();
        boolean enough = firstCount > 0 && secondCount > 0 && MannWhitney.smallest(firstCount, secondCount) < LEVEL;
        OptionalDouble probability = enough
                ? OptionalDouble.of(MannWhitney.probability(first.repeats(), second.repeats()))
                : OptionalDouble.empty();
        double difference = second.value() - first.value();
        Verdict direction = difference > 0 == moreIsBetter ? Verdict.BETTER : Verdict.WORSE;
        if (Math.abs(difference) <= resolution) {
            return new Judgement(
                    first,
                    second,
                    estimate,
                    probability,
                    resolution,
                    Verdict.SAME,
                    "The same within " + resolutionName + ".");
        }
        if (probability.isEmpty()) {
            return new Judgement(
                    first,
                    second,
                    estimate,
                    probability,
                    resolution,
                    Verdict.UNKNOWN,
                    "Too few repeats to tell (" + firstCount + " and " + secondCount + "): at least "
                            + MannWhitney.needed(LEVEL) + " of each are needed.");
        }
        double p = probability.getAsDouble();
        String chance = "p = " + (p < 0.001 ? "less than 0.001" : String.format(Locale.ROOT, "%.3f", p)) + ".";
        if (p < LEVEL) {
            return new Judgement(
                    first,
                    second,
                    estimate,
                    probability,
                    resolution,
                    direction,
                    (direction == Verdict.BETTER ? "Better: " : "Worse: ") + chance);
        }
        boolean telling = estimate.flatMap(HodgesLehmann::interval)
                .filter(interval -> interval.low() >= 1 - TELLING && interval.high() <= 1 + TELLING)
                .isPresent();
        return new Judgement(
                first,
                second,
                estimate,
                probability,
                resolution,
                telling ? Verdict.SAME : Verdict.UNKNOWN,
                telling ? "No difference found: " + chance : "The repeats scatter too much to tell: " + chance);
    }

    /**
     * Takes back what the figures do not show when the tester was the limit: the device may then do more than the figure, so that
     * only "better than" a sound figure stands, and "worse than" a limited one.
     */
    Judgement limitedByTester(boolean firstLimited, boolean secondLimited) {
        if (!firstLimited && !secondLimited) {
            return this;
        }
        String whose = firstLimited && secondLimited ? "Both are" : firstLimited ? "The first is" : "The second is";
        String note = whose + " tester-limited.";
        boolean stands = switch (verdict) {
            case BETTER -> !firstLimited;
            case WORSE -> !secondLimited;
            case SAME, MIXED, UNKNOWN -> false;
        };
        return stands
                ? noting(note)
                : new Judgement(
                        first,
                        second,
                        estimate,
                        probability,
                        resolution,
                        Verdict.UNKNOWN,
                        note + " So the figures say nothing about the devices' difference.");
    }

    /** The same with one more sentence. */
    Judgement noting(String note) {
        return new Judgement(first, second, estimate, probability, resolution, verdict, reason + " " + note);
    }

    Comparison.Row row(String pattern, String frames, Comparison.Figure figure) {
        Optional<HodgesLehmann.Interval> interval = estimate.flatMap(HodgesLehmann::interval);
        return new Comparison.Row(
                pattern,
                frames,
                figure,
                first.value(),
                second.value(),
                estimate.map(found -> OptionalDouble.of(found.ratio())).orElseGet(this::plainRatio),
                interval.map(found -> OptionalDouble.of(found.low())).orElse(OptionalDouble.empty()),
                interval.map(found -> OptionalDouble.of(found.high())).orElse(OptionalDouble.empty()),
                probability,
                first.repeats().size(),
                second.repeats().size(),
                resolution,
                verdict,
                reason);
    }

    private OptionalDouble plainRatio() {
        return first.value() == 0 ? OptionalDouble.empty() : OptionalDouble.of(second.value() / first.value());
    }
}
