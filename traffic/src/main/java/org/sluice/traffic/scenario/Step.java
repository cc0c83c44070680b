package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

/**
 * One step of building a path. Its undo is the same for all: the namespace that it works in is removed, and everything in it.
 *
 * @param what it does, as in "{@code route between the two networks}"
 * @param work does it
 */
record Step(String what, Runnable work) {
    Step {
        requireNonNull(what, "what is null");
        requireNonNull(work, "work is null");
    }

    /** Hears of each step before it is done. */
    @FunctionalInterface
    interface Listener {
        /** Hears nothing. */
        Listener NONE = _ -> {};

        void before(String what);
    }
}
