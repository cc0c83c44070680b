package org.sluice.traffic.report;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All that one run found. Its JSON form is the schema {@value #SCHEMA}, described in docs/traffic-report.md: the components of these
 * records by name, times as ISO 8601 or as nanoseconds, absent values left out.
 *
 * @param schema {@value #SCHEMA}
 * @param version of Sluice
 * @param command what was typed
 * @param started when
 * @param finished when it ended, or was stopped
 * @param complete false when it was stopped before its end
 * @param profile how long and how often was measured
 * @param machine facts about the machine by name, in order
 * @param patterns what was measured, at least the one asked for
 * @param leftOut what was not measured, one sentence each with its reason
 */
public record Report(
        String schema,
        String version,
        String command,
        Instant started,
        Instant finished,
        boolean complete,
        Profile profile,
        Map<String, String> machine,
        List<PatternResult> patterns,
        List<String> leftOut) {
    /** The name and version of the JSON form. */
    public static final String SCHEMA = "sluice-traffic/1";

    /** Checks for null and for patterns of the same name, and copies, keeping the order of facts. */
    public Report {
        requireNonNull(schema, "schema is null");
        requireNonNull(version, "version is null");
        requireNonNull(command, "command is null");
        requireNonNull(started, "started is null");
        requireNonNull(finished, "finished is null");
        requireNonNull(profile, "profile is null");
        machine = inOrder(machine);
        patterns = List.copyOf(patterns);
        leftOut = List.copyOf(leftOut);
        unique(patterns.stream().map(PatternResult::name).toList(), "patterns");
    }

    static void unique(List<String> names, String what) {
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                throw new IllegalArgumentException("Two of the " + what + " have the name '" + name + "'.");
            }
        }
    }

    static Map<String, String> inOrder(Map<String, String> facts) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }
}
