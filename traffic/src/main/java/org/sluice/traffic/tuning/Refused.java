package org.sluice.traffic.tuning;

import static java.util.Objects.requireNonNull;

/**
 * A setting that was wanted otherwise and stays as it is.
 *
 * @param setting what was to be set
 * @param reason why not, one complete sentence
 */
public record Refused(Setting setting, String reason) {
    /** Checks for null. */
    public Refused {
        requireNonNull(setting, "setting is null");
        requireNonNull(reason, "reason is null");
    }
}
