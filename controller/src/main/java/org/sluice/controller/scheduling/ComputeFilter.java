package org.sluice.controller.scheduling;

import java.time.Duration;
import java.util.Optional;

/** The operator lets new servers onto the host, and its agent is alive. */
final class ComputeFilter implements HostFilter {
    /** An agent that was silent for longer is taken for dead: it polls at least every 20 s. */
    static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

    @Override
    public Optional<String> refusal(HostState host, Demand demand) {
        if (!host.enabled()) {
            return Optional.of(host.disabledReason()
                    .map(reason -> "The host is disabled: " + reason + (reason.endsWith(".") ? "" : "."))
                    .orElse("The host is disabled."));
        }
        if (host.silence().isEmpty()) {
            return Optional.of("The host's agent has not been heard of yet.");
        }
        if (host.silence().get().compareTo(LONGEST_SILENCE) > 0) {
            return Optional.of("The host's agent has been silent for "
                    + host.silence().get().toSeconds() + " s.");
        }
        return Optional.empty();
    }
}
