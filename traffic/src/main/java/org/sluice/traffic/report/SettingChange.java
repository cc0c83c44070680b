package org.sluice.traffic.report;

import static java.util.Objects.requireNonNull;

/**
 * A host setting that was changed for a pattern.
 *
 * @param setting what
 * @param before its value before
 * @param after its value while measuring; the same as before when it was refused
 * @param outcome {@code restored}, or the sentence that says what is left or why it was refused
 */
public record SettingChange(String setting, String before, String after, String outcome) {
    /** Checks for null. */
    public SettingChange {
        requireNonNull(setting, "setting is null");
        requireNonNull(before, "before is null");
        requireNonNull(after, "after is null");
        requireNonNull(outcome, "outcome is null");
    }
}
