package org.sluice.traffic.procedure;

/** Hears what a run is doing, for a live display. Called by the thread that measures, which waits for it. */
@FunctionalInterface
public interface ProgressListener {
    /** Does not listen. */
    ProgressListener NONE = (_, _, _) -> {};

    /**
     * Something begins.
     *
     * @param frames frame size or mix, empty for what belongs to none
     * @param procedure what is being measured
     * @param state how far it is: load under way, bounds so far
     */
    void at(String frames, String procedure, String state);
}
