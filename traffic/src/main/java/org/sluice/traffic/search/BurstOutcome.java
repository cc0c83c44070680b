package org.sluice.traffic.search;

/**
 * What one burst found.
 *
 * @param frames how many frames the burst had, at least 1
 * @param lost frames of these that did not come back, 0 to {@code frames}
 * @param trusted false when the tester itself was the limit: the burst had gaps, or its own receiver dropped frames
 */
public record BurstOutcome(long frames, long lost, boolean trusted) {
    /** Checks the ranges. */
    public BurstOutcome {
        if (frames < 1) {
            throw new IllegalArgumentException("A burst of " + frames + " frames is none: it has at least 1.");
        }
        if (lost < 0 || lost > frames) {
            throw new IllegalArgumentException("A burst of " + frames + " frames cannot have lost " + lost + ".");
        }
    }

    /** Whether the device lost nothing. False also where the tester was the limit. */
    public boolean held() {
        return trusted && lost == 0;
    }
}
