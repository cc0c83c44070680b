package org.sluice.traffic.scenario;

import java.util.Optional;

/** A way to bring packets from one interface to another, of which the tester can build an example. Immutable. */
public interface Pattern {
    /** Short name, unique among patterns: {@code bare-forwarding}. */
    String name();

    /** For people: {@code Bare forwarding}. */
    String title();

    /** Why it cannot be built on this machine, and what to do about it; empty when it can. Looks at the machine each time. */
    Optional<String> unavailable();

    /** What comes nearest to it on a machine where it is unavailable. */
    default Optional<Pattern> standIn() {
        return Optional.empty();
    }

    /** Whether its devices are tuned for forwarding before it is measured; whoever measures does that. */
    default boolean tuned() {
        return false;
    }

    /**
     * Builds it. When that fails, nothing of it is left. Not for an interrupted thread, whose interruption would close the journal.
     *
     * @throws org.sluice.linux.LinuxException what the kernel refused; code {@code scenario.unavailable} where {@link #unavailable}
     *     has a reason
     */
    BuiltPath build();
}
