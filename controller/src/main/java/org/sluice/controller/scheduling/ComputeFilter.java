package org.sluice.controller.scheduling;

import java.util.Optional;
import org.sluice.model.AgentSilence;

/** The operator lets new servers onto the host, its agent is alive, and says of nothing that it keeps servers away. */
final class ComputeFilter implements HostFilter {
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
        if (!AgentSilence.isUp(host.silence().get())) {
            return Optional.of("The host's agent has been silent for "
                    + host.silence().get().toSeconds() + " s.");
        }
        return host.fault();
    }
}
