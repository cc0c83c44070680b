package org.sluice.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether a host is up: its agent was heard not too long ago. The scheduler, the services of the Compute API, the agents of the
 * Network API and the metrics all go by this, so that no operator is told two things about one host.
 */
public final class AgentSilence {
    /** An agent asks for news every 20 s; after three missed times its host counts as down, as in Nova. */
    public static final Duration LONGEST = Duration.ofSeconds(60);

    private AgentSilence() {}

    /** Whether a host is up whose agent was heard of that long ago. */
    public static boolean isUp(Duration silence) {
        return silence.compareTo(LONGEST) <= 0;
    }

    /** Whether a host is up whose agent was heard of then; empty when it never was. */
    public static boolean isUp(Optional<Instant> heard, Instant now) {
        return heard.filter(at -> isUp(Duration.between(at, now))).isPresent();
    }

    /** Hosts whose agents were heard of then or later are up. */
    public static Instant upSince(Instant now) {
        return now.minus(LONGEST);
    }
}
