package org.sluice.controller.fleet.host;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.sluice.controller.fleet.wire.FleetPages;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;

/** Hosts as the API has them. */
final class HostWire {
    private static final View<Host.Amount> AMOUNT = View.<Host.Amount>of("amount", "amounts")
            .member("total", Host.Amount::total)
            .member("used", Host.Amount::used)
            .build();

    static final View<Host> VIEW = View.<Host>of("host", "hosts")
            .member("id", Host::id)
            .member("name", Host::name)
            .member("enabled", Host::isEnabled)
            .member("disabled_reason", Host::disabledReason)
            .member("enrolled_at", Host::enrolledAt)
            .member("state", Host::state)
            .member("forced_down", host -> host.forcedDownAt().isPresent())
            .member("down_reason", Host::downReason)
            .member("last_seen_at", Host::lastSeenAt)
            .member("silent_seconds", host -> host.silence().map(Duration::toSeconds))
            .member("zone", Host::zone)
            .member("hypervisor_type", Host::hypervisorType)
            .member("hypervisor_version", Host::hypervisorVersion)
            .member("cpu_architecture", Host::cpuArchitecture)
            .member("interfaces", Host::interfaces)
            .member("faults", Host::faults)
            .member("vcpus", host -> new View.Nested<>(AMOUNT, host.vcpus()))
            .member("memory_mib", host -> new View.Nested<>(AMOUNT, host.memory()))
            .member("disk_gib", host -> new View.Nested<>(AMOUNT, host.disk()))
            .member("servers", Host::servers)
            .member("uplinks", Host::uplinks)
            .member("qualifications", Host::qualifications)
            .member("physical_functions", Host::physicalFunctions)
            .build();

    static final ListQuery<Host> LIST = ListQuery.of(VIEW)
            .unique("name", "h.name", Host::name, Host::name)
            .pages(FleetPages.LARGEST, FleetPages.LARGEST)
            .build();

    private HostWire() {}

    /** Whether the host that is to be removed is lost with all that is on it. */
    static boolean isLost(Exchange exchange) {
        String lost = exchange.query("lost").orElse("false");
        return switch (lost) {
            case "true" -> true;
            case "false" -> false;
            default -> throw exchange.wording().badFilter("lost", lost, "true or false");
        };
    }

    /** The physical network that a card is to be on; empty takes it off. */
    static Optional<String> mapping(Exchange exchange) {
        Fields fields = exchange.body().onlyKnows(Set.of("physical_network"));
        fields.required("physical_network");
        return fields.optionalText("physical_network", 1, 255);
    }

    /** The interface that is to be an uplink. */
    static String uplink(Exchange exchange) {
        return exchange.body().onlyKnows(Set.of("interface")).text("interface", 1, 255);
    }
}
