package org.sluice.controller.scheduling;

import java.util.Optional;

/** The host has room for the root disk, counted at its full size. */
final class DiskFilter implements HostFilter {
    @Override
    public Optional<String> refusal(HostState host, Demand demand) {
        HostState.Amount amount = host.diskGib();
        if (demand.resources().diskGib() <= amount.free()) {
            return Optional.empty();
        }
        return Optional.of("%d of %d GiB of disk are claimed and %d more are wanted."
                .formatted(amount.used(), amount.total(), demand.resources().diskGib()));
    }
}
