package org.sluice.traffic.search;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What a binary search found.
 *
 * @param ending why it ended
 * @param bounds the largest load that held is the throughput, if there is one; the smallest that failed shows how exact it is
 * @param trials all trials in their order, untrusted ones included
 */
public record ThroughputResult(Ending ending, Bounds bounds, List<Outcome> trials) {
    /** Checks for null and copies the list. */
    public ThroughputResult {
        requireNonNull(ending, "ending is null");
        requireNonNull(bounds, "bounds is null");
        trials = List.copyOf(trials);
    }

    /** Whether the tester and not the device was the limit, so that the device may be better than the answer. */
    public boolean testerLimited() {
        return ending != Ending.FOUND && bounds.isTesterLimited();
    }
}
