package org.sluice.controller.compute.hypervisor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.sluice.controller.compute.host.HostRow;
import org.sluice.controller.compute.host.HostStore;
import org.sluice.controller.compute.wire.ComputePages;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;

/** Hypervisors as the Compute API shows them. */
final class HypervisorWire {
    /** What all hypervisors add up to. */
    record Sums(List<HostRow> hosts) {
        private long of(ToLongFunction<HostRow> figure) {
            return hosts.stream().mapToLong(figure).sum();
        }

        private long freeDisk() {
            return of(HostRow::diskGib) - of(HostRow::diskGibUsed);
        }
    }

    private static final View<HostStore.Guest> SERVER = View.<HostStore.Guest>of("server", "servers")
            .member("uuid", HostStore.Guest::server)
            .member("name", HostStore.Guest::instanceName)
            .build();

    private static final View<Hypervisor> SERVICE = View.<Hypervisor>of("service", "services")
            .member("id", Hypervisor::id)
            .member("host", hypervisor -> hypervisor.host().name())
            .member("disabled_reason", hypervisor -> hypervisor.host().disabledReason())
            .build();

    static final View<Hypervisor> BRIEF = View.<Hypervisor>of("hypervisor", "hypervisors")
            .member("id", Hypervisor::id)
            .member("hypervisor_hostname", hypervisor -> hypervisor.host().name())
            .member("state", Hypervisor::state)
            .member("status", hypervisor -> hypervisor.host().status())
            .member(
                    "servers",
                    hypervisor -> hypervisor.servers().orElse(List.of()).stream()
                            .map(server -> new View.Nested<>(SERVER, server))
                            .toList())
            .onlyIf(hypervisor -> hypervisor.servers().isPresent())
            .build();

    static final View<Hypervisor> WHOLE = whole();

    static final ListQuery<Hypervisor> LIST = ListQuery.of(BRIEF)
            .filter("hypervisor_hostname_pattern", HypervisorWire::hasInName)
            .since(53)
            .scope("with_servers")
            .since(53)
            .unique(
                    "id",
                    "h.number",
                    hypervisor -> hypervisor.host().number(),
                    hypervisor -> hypervisor.id().toString())
            .pages(ComputePages.LARGEST, ComputePages.LARGEST)
            .build();

    static final ListQuery<Hypervisor> DETAIL = LIST.shownAs(WHOLE);

    static final View<Sums> STATISTICS = View.<Sums>of("hypervisor_statistics", "hypervisor_statistics")
            .member("count", sums -> sums.hosts().size())
            .member("vcpus", sums -> sums.of(HostRow::vcpus))
            .member("memory_mb", sums -> sums.of(HostRow::memoryMib))
            .member("local_gb", sums -> sums.of(HostRow::diskGib))
            .member("vcpus_used", sums -> sums.of(HostRow::vcpusUsed))
            .member("memory_mb_used", sums -> sums.of(HostRow::memoryMibUsed))
            .member("local_gb_used", sums -> sums.of(HostRow::diskGibUsed))
            .member("free_ram_mb", sums -> sums.of(HostRow::memoryMib) - sums.of(HostRow::memoryMibUsed))
            .member("free_disk_gb", Sums::freeDisk)
            .member("current_workload", sums -> 0)
            .member("running_vms", sums -> sums.of(HostRow::servers))
            .member("disk_available_least", Sums::freeDisk)
            .build();

    private HypervisorWire() {}

    private static String hasInName(List<String> values, Filter.Terms terms) {
        return "strpos(h.name, " + terms.value(values.getFirst()) + ") > 0";
    }

    private static View<Hypervisor> whole() {
        View.Builder<Hypervisor> view = View.<Hypervisor>of("hypervisor", "hypervisors")
                .with(BRIEF)
                .member("hypervisor_type", hypervisor -> hypervisor.host().hypervisorType())
                .member("hypervisor_version", hypervisor -> hypervisor.host().hypervisorVersion())
                .member("host_ip", hypervisor -> hypervisor.host().address())
                .member("service", hypervisor -> new View.Nested<>(SERVICE, hypervisor));
        // Unknown. Nova says null then, on which the openstack client falls over.
        view.member("uptime", hypervisor -> "").since(88);
        Map<String, Function<HostRow, Integer>> figures = new LinkedHashMap<>();
        figures.put("vcpus", HostRow::vcpus);
        figures.put("memory_mb", HostRow::memoryMib);
        figures.put("local_gb", HostRow::diskGib);
        figures.put("vcpus_used", HostRow::vcpusUsed);
        figures.put("memory_mb_used", HostRow::memoryMibUsed);
        figures.put("local_gb_used", HostRow::diskGibUsed);
        figures.put("free_ram_mb", host -> host.memoryMib() - host.memoryMibUsed());
        figures.put("free_disk_gb", host -> host.diskGib() - host.diskGibUsed());
        figures.put("current_workload", host -> 0);
        figures.put("running_vms", HostRow::servers);
        figures.put("disk_available_least", host -> host.diskGib() - host.diskGibUsed());
        figures.forEach((name, figure) ->
                view.member(name, hypervisor -> figure.apply(hypervisor.host())).until(87));
        view.member("cpu_info", hypervisor -> Json.MAPPER.writeValueAsString(cpu(hypervisor.host())))
                .until(27);
        view.member("cpu_info", hypervisor -> cpu(hypervisor.host())).since(28).until(87);
        return view.build();
    }

    private static Map<String, String> cpu(HostRow host) {
        return Map.of("arch", host.cpuArchitecture());
    }
}
