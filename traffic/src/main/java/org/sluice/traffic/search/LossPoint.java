package org.sluice.traffic.search;

import static java.util.Objects.requireNonNull;

/**
 * One point of a loss curve.
 *
 * @param fraction the load as a fraction of the maximum load, above 0 and up to 1
 * @param outcome what was measured there; untrusted when the tester was the limit in all repeats
 */
public record LossPoint(double fraction, Outcome outcome) {
    /** Checks the range. */
    public LossPoint {
        if (!(fraction > 0 && fraction <= 1)) {
            throw new IllegalArgumentException("The fraction is " + fraction + ": use more than 0 and up to 1.");
        }
        requireNonNull(outcome, "outcome is null");
    }
}
