package org.sluice.simulator;

/** The agent was killed, or its host lost power: whoever sees this must not do anything more, not even tidy up. */
public final class PowerLoss extends Error {
    private static final long serialVersionUID = 1L;

    /** A loss of power at a place in the work. */
    public PowerLoss(String where) {
        super("The power went at: " + where, null, false, false);
    }
}
