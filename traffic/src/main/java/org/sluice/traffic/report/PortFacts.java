package org.sluice.traffic.report;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * An interface that a pattern used.
 *
 * @param role {@code tx}, {@code rx}, {@code device} ...
 * @param name {@code IF} or {@code IF@NETNS}
 * @param facts driver, firmware, offloads and so on by name, in order
 */
public record PortFacts(String role, String name, Map<String, String> facts) {
    /** Checks for null and copies. */
    public PortFacts {
        requireNonNull(role, "role is null");
        requireNonNull(name, "name is null");
        facts = Report.inOrder(facts);
    }
}
