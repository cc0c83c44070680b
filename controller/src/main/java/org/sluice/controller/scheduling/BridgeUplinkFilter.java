package org.sluice.controller.scheduling;

import java.util.List;
import java.util.Optional;

/** The host's bridges reach every physical network of the server's normal ports. */
final class BridgeUplinkFilter implements HostFilter {
    @Override
    public Optional<String> refusal(HostState host, Demand demand) {
        List<String> missing = demand.bridged().stream()
                .filter(network -> !host.uplinks().contains(network))
                .toList();
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("The host has no uplink to " + String.join(" and ", missing) + ".");
    }
}
