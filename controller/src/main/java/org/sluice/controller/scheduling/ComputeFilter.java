package org.sluice.controller.scheduling;

import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.sluice.model.AgentSilence;

/** The operator lets new servers onto the host and has not declared it down; its agent is alive, and says of nothing that it keeps servers away. */
final class ComputeFilter implements HostFilter {
    /** Whether the host would pass as soon as its agent is heard. */
    static boolean isOnlySilent(HostState host) {
        return host.enabled()
                && host.forcedDownAt().isEmpty()
                && host.silence().filter(AgentSilence::isUp).isEmpty();
    }

    @Override
    public Optional<String> refusal(HostState host, Demand demand) {
        if (!host.enabled()) {
            return Optional.of(host.disabledReason()
                    .map(reason -> "The host is disabled: " + reason + (reason.endsWith(".") ? "" : "."))
                    .orElse("The host is disabled."));
        }
        if (host.forcedDownAt().isPresent()) {
            return Optional.of(
                    "The host was declared down at " + host.forcedDownAt().get().truncatedTo(ChronoUnit.SECONDS) + ".");
        }
        if (host.silence().isEmpty()) {
            return Optional.of("The host's agent has not been heard of yet.");
        }
        if (!AgentSilence.isUp(host.silence().get())) {
            return Optional.of("The host's agent has been silent for "
                    + host.silence().get().toSeconds() + " s.");
        }
        return host.fault();
    }
}
