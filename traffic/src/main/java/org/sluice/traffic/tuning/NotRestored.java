package org.sluice.traffic.tuning;

import static java.util.Objects.requireNonNull;

/**
 * A setting that could not be put back.
 *
 * @param setting what was to be set
 * @param before the value that it had, and should have
 * @param gone whether the device is not there any more, so that there is nothing to put back
 * @param reason why not, one complete sentence
 */
public record NotRestored(Setting setting, String before, boolean gone, String reason) {
    /** Checks for null. */
    public NotRestored {
        requireNonNull(setting, "setting is null");
        requireNonNull(before, "before is null");
        requireNonNull(reason, "reason is null");
    }
}
