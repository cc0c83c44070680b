package org.sluice.controller.compute.zone;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sluice.controller.compute.host.HostRow;
import org.sluice.controller.compute.wire.Times;
import org.sluice.controller.http.view.View;

/**
 * An availability zone.
 *
 * @param hosts the hosts in it, at least one
 * @param now when it is looked at: whether hosts are up depends on it
 */
record Zone(String name, List<HostRow> hosts, Instant now) {
    static final View<Zone> BRIEF = View.<Zone>of("availabilityZone", "availabilityZoneInfo")
            .member("zoneName", Zone::name)
            .member("zoneState", Zone::state)
            .member("hosts", zone -> null)
            .build();

    static final View<Zone> WHOLE = View.<Zone>of("availabilityZone", "availabilityZoneInfo")
            .member("zoneName", Zone::name)
            .member("zoneState", Zone::state)
            .member("hosts", Zone::services)
            .build();

    Zone {
        hosts = List.copyOf(hosts);
    }

    private Map<String, Boolean> state() {
        return Map.of("available", hosts.stream().anyMatch(HostRow::enabled));
    }

    private record Service(HostRow host, Instant now) {
        static final View<Service> VIEW = View.<Service>of("service", "services")
                .member("available", service -> service.host().isUp(service.now()))
                .member("active", service -> service.host().enabled())
                .member("updated_at", service -> Times.plain(service.host().updatedAt()))
                .build();
    }

    private Map<String, Object> services() {
        Map<String, Object> services = new LinkedHashMap<>();
        hosts.forEach(host -> services.put(
                host.name(), Map.of(HostRow.BINARY, new View.Nested<>(Service.VIEW, new Service(host, now)))));
        return services;
    }
}
