package org.sluice.controller.compute;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.sluice.controller.http.Ids;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.model.HostId;
import org.sluice.model.ProblemException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /os-hypervisors}: what hosts have and how much of it is claimed. For admins. */
final class HypervisorRoutes {
    private final Jdbi jdbi;
    private final InstantSource clock;
    private final HostStore store = new HostStore();

    HypervisorRoutes(Jdbi jdbi, InstantSource clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    void routes(Routes routes) {
        String root = ComputeFamily.VERSION_PATH + "/os-hypervisors";
        routes.get(root, Call.versioned(call -> list(call, false)))
                .get(root + "/detail", Call.versioned(call -> list(call, true)))
                .get(root + "/statistics", Call.versioned(this::statistics))
                .get(root + "/{id}", Call.versioned(this::show))
                .get(root + "/{id}/uptime", Call.versioned(this::uptime))
                .get(root + "/{id}/search", Call.versioned(call -> search(call, false)))
                .get(root + "/{id}/servers", Call.versioned(call -> search(call, true)));
    }

    private Reply list(Call call, boolean detailed) {
        call.caller().requireAdmin("os_compute_api:os-hypervisors:" + (detailed ? "list-detail" : "list"));
        boolean paged = call.version().atLeast(33);
        Page page = paged ? Page.of(call.exchange()) : new Page(Integer.MAX_VALUE, Optional.empty());
        List<HostRow> hosts = new ArrayList<>(jdbi.withHandle(store::list));
        if (call.version().atLeast(53)) {
            Optional<String> pattern = call.exchange().query("hypervisor_hostname_pattern");
            if (pattern.isPresent()) {
                hosts.removeIf(host -> !host.name().contains(pattern.get()));
                if (hosts.isEmpty()) {
                    throw noMatch(pattern.get());
                }
            }
        }
        if (page.marker().isPresent()) {
            HostRow last = find(call, page.marker().get());
            hosts.removeIf(host -> host.number() <= last.number());
        }
        List<HostRow> shown = hosts.subList(0, Math.min(page.limit(), hosts.size()));
        Map<UUID, List<HostStore.Guest>> guests = guests(call);
        ObjectNode body = Json.MAPPER.createObjectNode();
        ArrayNode items = body.putArray("hypervisors");
        shown.forEach(host -> items.add(withServers(call, json(host, call.version(), detailed), host, guests)));
        if (paged && page.isFull(shown)) {
            HostRow last = shown.getLast();
            body.set(
                    "hypervisors_links",
                    call.links()
                            .next(
                                    call.exchange(),
                                    call.version().atLeast(53)
                                            ? last.id().toString()
                                            : Integer.toString(last.number())));
        }
        return Reply.ok(body);
    }

    private Reply show(Call call) {
        call.caller().requireAdmin("os_compute_api:os-hypervisors:show");
        HostRow host = find(call, call.path("id"));
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.set("hypervisor", withServers(call, json(host, call.version(), true), host, guests(call)));
        return Reply.ok(body);
    }

    /** Before 2.88; Sluice does not ask hosts how long they have been up. */
    private Reply uptime(Call call) {
        call.caller().requireAdmin("os_compute_api:os-hypervisors:uptime");
        if (call.version().atLeast(88)) {
            throw noRoute();
        }
        find(call, call.path("id"));
        throw Problems.notOffered("The requested functionality is not supported.");
    }

    /** Before 2.53: {@code /os-hypervisors/PATTERN/search} and {@code /servers}. */
    private Reply search(Call call, boolean withServers) {
        call.caller().requireAdmin("os_compute_api:os-hypervisors:" + (withServers ? "servers" : "search"));
        if (call.version().atLeast(53)) {
            throw noRoute();
        }
        String pattern = call.path("id");
        Map<UUID, List<HostStore.Guest>> guests = byHost(jdbi.withHandle(store::guests));
        ObjectNode body = Json.MAPPER.createObjectNode();
        ArrayNode items = body.putArray("hypervisors");
        for (HostRow host : jdbi.withHandle(store::list)) {
            if (host.name().contains(pattern)) {
                ObjectNode json = json(host, call.version(), false);
                List<HostStore.Guest> own = guests.getOrDefault(host.id().value(), List.of());
                if (withServers && !own.isEmpty()) {
                    putServers(json, own);
                }
                items.add(json);
            }
        }
        if (items.isEmpty()) {
            throw noMatch(pattern);
        }
        return Reply.ok(body);
    }

    private Reply statistics(Call call) {
        call.caller().requireAdmin("os_compute_api:os-hypervisors:statistics");
        if (call.version().atLeast(88)) {
            throw noRoute();
        }
        long[] sums = new long[7];
        List<HostRow> hosts = jdbi.withHandle(store::list);
        for (HostRow host : hosts) {
            sums[0] += host.vcpus();
            sums[1] += host.memoryMib();
            sums[2] += host.diskGib();
            sums[3] += host.vcpusUsed();
            sums[4] += host.memoryMibUsed();
            sums[5] += host.diskGibUsed();
            sums[6] += host.servers();
        }
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.putObject("hypervisor_statistics")
                .put("count", hosts.size())
                .put("vcpus", sums[0])
                .put("memory_mb", sums[1])
                .put("local_gb", sums[2])
                .put("vcpus_used", sums[3])
                .put("memory_mb_used", sums[4])
                .put("local_gb_used", sums[5])
                .put("free_ram_mb", sums[1] - sums[4])
                .put("free_disk_gb", sums[2] - sums[5])
                .put("current_workload", 0)
                .put("running_vms", sums[6])
                .put("disk_available_least", sums[2] - sums[5]);
        return Reply.ok(body);
    }

    private HostRow find(Call call, String id) {
        Optional<HostRow> host;
        if (call.version().atLeast(53)) {
            UUID uuid = Ids.parse(id).orElseThrow(() -> Problems.badRequest("InvalidUUID", "Invalid uuid " + id));
            host = jdbi.withHandle(handle -> store.find(handle, new HostId(uuid)));
        } else {
            host = id.matches("[0-9]{1,9}")
                    ? jdbi.withHandle(handle -> store.findByNumber(handle, Integer.parseInt(id)))
                    : Optional.empty();
        }
        return host.orElseThrow(
                () -> Problems.notFound("ComputeHostNotFound", "Hypervisor with ID '" + id + "' could not be found."));
    }

    private static ProblemException noMatch(String pattern) {
        return Problems.notFound("HypervisorNotFound", "No hypervisor matching '" + pattern + "' could be found.");
    }

    private static ProblemException noRoute() {
        return Problems.notFound("NotFound", "The resource could not be found.");
    }

    /** Servers are asked for with {@code with_servers}, from 2.53 on. */
    private Map<UUID, List<HostStore.Guest>> guests(Call call) {
        boolean wanted = call.version().atLeast(53)
                && call.exchange()
                        .query("with_servers")
                        .map(Boolean::parseBoolean)
                        .orElse(false);
        return wanted ? byHost(jdbi.withHandle(store::guests)) : Map.of();
    }

    private static Map<UUID, List<HostStore.Guest>> byHost(List<HostStore.Guest> guests) {
        return guests.stream().collect(Collectors.groupingBy(HostStore.Guest::host));
    }

    private static ObjectNode withServers(
            Call call, ObjectNode json, HostRow host, Map<UUID, List<HostStore.Guest>> guests) {
        List<HostStore.Guest> own = guests.getOrDefault(host.id().value(), List.of());
        // From 2.75 on an empty list is shown, too.
        boolean asked =
                call.exchange().query("with_servers").map(Boolean::parseBoolean).orElse(false);
        if (!own.isEmpty() || (asked && call.version().atLeast(75))) {
            putServers(json, own);
        }
        return json;
    }

    private static void putServers(ObjectNode json, List<HostStore.Guest> guests) {
        ArrayNode servers = json.putArray("servers");
        guests.forEach(guest ->
                servers.addObject().put("uuid", guest.server().toString()).put("name", guest.instanceName()));
    }

    private ObjectNode json(HostRow host, Microversion version, boolean detailed) {
        Instant now = clock.instant();
        ObjectNode json = Json.MAPPER.createObjectNode();
        putId(json, host, version);
        json.put("hypervisor_hostname", host.name())
                .put("state", host.state(now))
                .put("status", host.status());
        if (!detailed) {
            return json;
        }
        json.put("hypervisor_type", host.hypervisorType())
                .put("hypervisor_version", host.hypervisorVersion())
                .put("host_ip", host.address());
        ObjectNode service = json.putObject("service");
        putId(service, host, version);
        service.put("host", host.name()).put("disabled_reason", host.disabledReason());
        if (version.atLeast(88)) {
            // Unknown. Nova says null then, on which the openstack client falls over.
            return json.put("uptime", "");
        }
        json.put("vcpus", host.vcpus())
                .put("memory_mb", host.memoryMib())
                .put("local_gb", host.diskGib())
                .put("vcpus_used", host.vcpusUsed())
                .put("memory_mb_used", host.memoryMibUsed())
                .put("local_gb_used", host.diskGibUsed())
                .put("free_ram_mb", host.memoryMib() - host.memoryMibUsed())
                .put("free_disk_gb", host.diskGib() - host.diskGibUsed())
                .put("current_workload", 0)
                .put("running_vms", host.servers())
                .put("disk_available_least", host.diskGib() - host.diskGibUsed());
        ObjectNode cpu = Json.MAPPER.createObjectNode().put("arch", host.cpuArchitecture());
        if (version.atLeast(28)) {
            json.set("cpu_info", cpu);
        } else {
            json.put("cpu_info", cpu.toString());
        }
        return json;
    }

    private static void putId(ObjectNode json, HostRow host, Microversion version) {
        if (version.atLeast(53)) {
            json.put("id", host.id().toString());
        } else {
            json.put("id", host.number());
        }
    }
}
