package org.sluice.traffic.report;

import java.util.Collection;

/** What a comparison comes to, of one figure or of all. */
public enum Verdict {
    /** No difference that matters, and enough data to say so. */
    SAME("The second is as good as the first."),
    /** The second is better. */
    BETTER("The second is better."),
    /** The second is worse. */
    WORSE("The second is worse."),
    /** Some figures are better and some are worse. */
    MIXED("The second is better in some figures and worse in others."),
    /** The data does not tell. */
    UNKNOWN("The figures do not tell.");

    private final String sentence;

    Verdict(String sentence) {
        this.sentence = sentence;
    }

    /** As a sentence, for people. */
    public String sentence() {
        return sentence;
    }

    /**
     * Of all figures: mixed or worse as soon as one is worse, else unknown as soon as one is unknown or when there is none, so that
     * who goes on with "same" or "The second is better." can rely on every figure.
     */
    static Verdict of(Collection<Verdict> verdicts) {
        boolean worse = verdicts.contains(WORSE) || verdicts.contains(MIXED);
        boolean better = verdicts.contains(BETTER) || verdicts.contains(MIXED);
        if (worse) {
            return better ? MIXED : WORSE;
        }
        if (verdicts.isEmpty() || verdicts.contains(UNKNOWN)) {
            return UNKNOWN;
        }
        return better ? BETTER : SAME;
    }
}
