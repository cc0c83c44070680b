package org.sluice.traffic.scenario;

import org.sluice.linux.LinuxException;

/** What patterns have in common. */
final class Patterns {
    private Patterns() {}

    /** Refuses, before anything is made, to build what cannot be built here. */
    static void requireAvailable(Pattern pattern) {
        pattern.unavailable().ifPresent(reason -> {
            throw new LinuxException(
                    "scenario.unavailable",
                    "The pattern " + pattern.name() + " cannot be built here. " + reason,
                    "Choose another pattern, or four-patterns for all that this machine can.");
        });
    }
}
