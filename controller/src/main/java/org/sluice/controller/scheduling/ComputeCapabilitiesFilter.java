package org.sluice.controller.scheduling;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.sluice.model.Promises;

/**
 * The host has the capabilities that the flavor's extra specs ask for: {@code capabilities:NAME=OPERATOR VALUE}, as in the
 * OpenStack Compute administration guide. Specs without a scope are taken as capabilities when they name one, as aggregate keys look the same.
 */
final class ComputeCapabilitiesFilter implements HostFilter {
    @Override
    public Optional<String> refusal(HostState host, Demand demand) {
        for (Map.Entry<String, String> spec : new TreeMap<>(demand.extraSpecs()).entrySet()) {
            boolean scoped = spec.getKey().startsWith(Promises.CAPABILITIES_SCOPE);
            String name = scoped ? spec.getKey().substring(Promises.CAPABILITIES_SCOPE.length()) : spec.getKey();
            Optional<String> value = capability(host, name);
            if (value.isEmpty()) {
                if (scoped) {
                    return Optional.of("The host has no capability " + name + ".");
                }
            } else if (!CapabilityDemand.parse(spec.getValue()).isMetBy(value.get())) {
                return Optional.of(
                        "Capability %s is %s and %s is wanted.".formatted(name, value.get(), spec.getValue()));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> capability(HostState host, String name) {
        return Optional.ofNullable(
                switch (name) {
                    case "hypervisor_type" -> host.hypervisorType();
                    case "hypervisor_version" -> Integer.toString(host.hypervisorVersion());
                    case "cpu_info:arch", "cpu_arch" -> host.architecture();
                    case "vcpus_total" -> Integer.toString(host.vcpus().total());
                    case "vcpus_used" -> Integer.toString(host.vcpus().used());
                    case "total_usable_ram_mb" ->
                        Integer.toString(host.memoryMib().total());
                    case "free_ram_mb" -> Integer.toString(host.memoryMib().free());
                    case "total_usable_disk_gb" ->
                        Integer.toString(host.diskGib().total());
                    case "free_disk_mb" -> Long.toString(host.diskGib().free() * 1024L);
                    default -> null;
                });
    }
}
