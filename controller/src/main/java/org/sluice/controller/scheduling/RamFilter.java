package org.sluice.controller.scheduling;

import java.util.Optional;

/** The host has the memory free. Memory is not overcommitted: VFIO pins all of a VM's memory. */
final class RamFilter implements HostFilter {
    @Override
    public Optional<String> refusal(HostState host, Demand demand) {
        HostState.Amount amount = host.memoryMib();
        if (demand.resources().memoryMib() <= amount.free()) {
            return Optional.empty();
        }
        return Optional.of("%d of %d MiB of memory are claimed and %d more are wanted."
                .formatted(amount.used(), amount.total(), demand.resources().memoryMib()));
    }
}
