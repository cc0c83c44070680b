package org.sluice.controller.scheduling;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The host has as many free virtual functions as wanted on every physical network of the server's direct ports. */
final class PciPassthroughFilter implements HostFilter {
    @Override
    public Optional<String> refusal(HostState host, Demand demand) {
        for (Map.Entry<String, Integer> wanted : demand.functions().entrySet()) {
            Optional<String> refusal =
                    refusal(host.functions().get(wanted.getKey()), wanted.getKey(), wanted.getValue());
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> refusal(HostState.@Nullable Functions functions, String network, int wanted) {
        if (functions == null) {
            return Optional.of("No physical function of the host is mapped to " + network + ".");
        }
        if (functions.total() == 0) {
            return Optional.of("The physical functions on " + network + " have no virtual functions.");
        }
        if (wanted <= functions.free()) {
            return Optional.empty();
        }
        StringBuilder sentence = new StringBuilder("%d of %d virtual functions on %s are leased"
                .formatted(functions.leased(), functions.total(), network));
        if (functions.unusable() > 0) {
            sentence.append(", %d have no IOMMU group".formatted(functions.unusable()));
        }
        if (functions.stuck() > 0) {
            sentence.append(
                    ", %d are on a physical function whose driver does not answer".formatted(functions.stuck()));
        }
        if (wanted > 1) {
            sentence.append(" and %d are wanted".formatted(wanted));
        }
        return Optional.of(sentence.append('.').toString());
    }
}
