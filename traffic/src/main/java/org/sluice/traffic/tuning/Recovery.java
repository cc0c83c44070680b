package org.sluice.traffic.tuning;

import java.util.List;

/**
 * What came of putting back what killed runs left behind.
 *
 * @param restored from what was found to what it was before those runs
 * @param notRestored what could not be put back
 * @param runsInProgress journals that were left alone because their runs still work
 */
public record Recovery(List<Change> restored, List<NotRestored> notRestored, int runsInProgress) {
    /** Copies the lists. */
    public Recovery {
        restored = List.copyOf(restored);
        notRestored = List.copyOf(notRestored);
    }
}
