package org.sluice.traffic.scenario;

import java.util.Optional;

/** A path that can be built, measured and taken down. */
public interface Pattern {
    /** Short and unique within its scenario: {@code bare-forwarding}. */
    String name();

    /** For people: {@code Bare forwarding}. */
    String title();

    /** The sentence that says why it cannot be built here; empty when it can. Looks anew each time and changes nothing. */
    Optional<String> unavailable();

    /**
     * Builds it. Whatever was made is taken away again when it fails half-way, also by interruption.
     *
     * @throws org.sluice.linux.LinuxException that says what could not be made
     */
    BuiltPath build() throws InterruptedException;
}
