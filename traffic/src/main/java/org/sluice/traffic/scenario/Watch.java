package org.sluice.traffic.scenario;

/** Sees each step of a building. It exists for tests, which stop a building between any two of them. */
interface Watch {
    /** Sees nothing. */
    Watch NONE = new Watch() {};

    /** The step is written down and not done. */
    default void intended(Made made) {}

    /** The step is done. */
    default void done(Made made) {}
}
