package org.sluice.traffic.report;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * How a run measured.
 *
 * @param name {@code rfc}, {@code short} ...
 * @param deviations how it departs from RFC 2544, one sentence each; empty for a compliant run
 */
public record Profile(String name, List<String> deviations) {
    /** Checks for null and copies. */
    public Profile {
        requireNonNull(name, "name is null");
        deviations = List.copyOf(deviations);
    }

    /** Whether the run did what the RFC asks for. */
    public boolean compliant() {
        return deviations.isEmpty();
    }
}
