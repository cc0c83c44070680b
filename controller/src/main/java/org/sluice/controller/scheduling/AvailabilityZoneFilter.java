package org.sluice.controller.scheduling;

import java.util.Optional;

/** The host is in the availability zone that was asked for, and is the host if one was named. */
final class AvailabilityZoneFilter implements HostFilter {
    @Override
    public Optional<String> refusal(HostState host, Demand demand) {
        if (demand.host().isPresent() && !demand.host().get().equals(host.name())) {
            return Optional.of("Host " + demand.host().get() + " was asked for.");
        }
        if (demand.zone().isPresent() && !demand.zone().get().equals(host.zone())) {
            return Optional.of(
                    "The host is in zone " + host.zone() + ", " + demand.zone().get() + " was asked for.");
        }
        return Optional.empty();
    }
}
