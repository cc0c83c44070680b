package org.sluice.controller.compute;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Jdbi;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /os-availability-zone} and {@code /os-hosts}: which host is in which zone. */
final class ZoneRoutes {
    private final Jdbi jdbi;
    private final InstantSource clock;
    private final HostStore store = new HostStore();

    ZoneRoutes(Jdbi jdbi, InstantSource clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    void routes(Routes routes) {
        String zones = ComputeFamily.VERSION_PATH + "/os-availability-zone";
        routes.get(zones, Call.versioned(this::zones))
                .get(zones + "/detail", Call.versioned(this::detail))
                .get(ComputeFamily.VERSION_PATH + "/os-hosts", Call.versioned(this::hosts));
    }

    private Reply zones(Call call) {
        return zones(false);
    }

    private Reply detail(Call call) {
        call.caller().requireAdmin("os_compute_api:os-availability-zone:detail");
        return zones(true);
    }

    private Reply zones(boolean withHosts) {
        Instant now = clock.instant();
        Map<String, List<HostRow>> byZone = new TreeMap<>();
        for (HostRow host : jdbi.withHandle(store::list)) {
            byZone.computeIfAbsent(host.zone(), zone -> new ArrayList<>()).add(host);
        }
        ObjectNode body = Json.MAPPER.createObjectNode();
        ArrayNode items = body.putArray("availabilityZoneInfo");
        byZone.forEach((zone, hosts) -> {
            ObjectNode item = items.addObject().put("zoneName", zone);
            item.putObject("zoneState").put("available", hosts.stream().anyMatch(HostRow::enabled));
            if (withHosts) {
                ObjectNode members = item.putObject("hosts");
                hosts.forEach(host -> members.putObject(host.name())
                        .putObject(ServiceRoutes.BINARY)
                        .put("available", host.isUp(now))
                        .put("active", host.enabled())
                        .put("updated_at", Times.plain(host.updatedAt())));
            } else {
                item.putNull("hosts");
            }
        });
        return Reply.ok(body);
    }

    private Reply hosts(Call call) {
        call.caller().requireAdmin("os_compute_api:os-hosts:list");
        if (call.version().atLeast(43)) {
            throw Problems.notFound("NotFound", "The resource could not be found.");
        }
        ObjectNode body = Json.MAPPER.createObjectNode();
        ArrayNode items = body.putArray("hosts");
        String zone = call.exchange().query("zone").orElse("");
        for (HostRow host : jdbi.withHandle(store::list)) {
            if (zone.isEmpty() || zone.equals(host.zone())) {
                items.addObject()
                        .put("host_name", host.name())
                        .put("service", "compute")
                        .put("zone", host.zone());
            }
        }
        return Reply.ok(body);
    }
}
