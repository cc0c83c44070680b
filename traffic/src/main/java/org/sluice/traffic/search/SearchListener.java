package org.sluice.traffic.search;

/** Hears how a search gets on. */
@FunctionalInterface
public interface SearchListener {
    /** Does not listen. */
    SearchListener NONE = _ -> {};

    /**
     * Called before each trial, and once after the last one: so it has heard of all trials before one that is interrupted. Called
     * in the search's thread, which waits for it.
     */
    void onTrial(SearchState state);
}
