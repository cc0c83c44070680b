package org.sluice.traffic.tuning;

import static java.util.Objects.requireNonNull;

/**
 * A setting that was changed.
 *
 * @param setting what was set
 * @param before the value that was found
 * @param after the value that reads back now; a driver may have rounded what was wanted
 */
public record Change(Setting setting, String before, String after) {
    /** Checks for null. */
    public Change {
        requireNonNull(setting, "setting is null");
        requireNonNull(before, "before is null");
        requireNonNull(after, "after is null");
    }

    /** As a person reads it: {@code the rings of eth0: rx 256 tx 256 -> rx 4096 tx 4096}. */
    @Override
    public String toString() {
        return setting.describe() + ": " + before + " -> " + after;
    }
}
