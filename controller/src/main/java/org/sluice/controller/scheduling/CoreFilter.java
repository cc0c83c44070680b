package org.sluice.controller.scheduling;

import java.util.Optional;

/** The host has the processors free. They are not overcommitted: a VF is bought for its latency. */
final class CoreFilter implements HostFilter {
    @Override
    public Optional<String> refusal(HostState host, Demand demand) {
        HostState.Amount amount = host.vcpus();
        if (demand.resources().vcpus() <= amount.free()) {
            return Optional.empty();
        }
        return Optional.of("%d of %d processors are claimed and %d more are wanted."
                .formatted(amount.used(), amount.total(), demand.resources().vcpus()));
    }
}
