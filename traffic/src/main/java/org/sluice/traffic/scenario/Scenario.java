package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * Patterns that are measured in the same way and shown side by side.
 *
 * @param name for the command line: {@code four-patterns}
 * @param title for people
 * @param patterns in the order in which they are measured
 */
public record Scenario(String name, String title, List<Pattern> patterns) {
    /** Checks for null and copies. */
    public Scenario {
        requireNonNull(name, "name is null");
        requireNonNull(title, "title is null");
        patterns = List.copyOf(patterns);
    }

    /** Those that can be built on this machine now. */
    public List<Pattern> available() {
        return patterns.stream()
                .filter(pattern -> pattern.unavailable().isEmpty())
                .toList();
    }

    /** What is left out and why, one sentence each. */
    public List<String> leftOut() {
        return patterns.stream()
                .flatMap(pattern ->
                        pattern.unavailable().stream().map(why -> "Left out: " + pattern.title() + ". " + why))
                .toList();
    }
}
