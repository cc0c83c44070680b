package org.sluice.controller.compute.zone;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sluice.controller.compute.host.HostRow;
import org.sluice.controller.compute.host.HostStore;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.view.View;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import org.sluice.controller.store.Transactions;

/**
 * {@code /os-availability-zone} and {@code /os-hosts} (Compute API reference, "Availability zones", "Hosts"). Thread-safe.
 */
public final class ZoneRoutes implements ResourceRoutes {
    private static final Rule LIST =
            Rule.of("os_compute_api:os-availability-zone:list", Who.PROJECT_READER, "List availability zones.");
    private static final Rule DETAIL = Rule.of(
            "os_compute_api:os-availability-zone:detail", Who.ADMIN, "List availability zones with their hosts.");
    private static final Rule HOSTS = Rule.of("os_compute_api:os-hosts:list", Who.ADMIN, "List hosts, until 2.42.");

    private static final View<HostRow> HOST = View.<HostRow>of("host", "hosts")
            .member("host_name", HostRow::name)
            .member("service", host -> "compute")
            .member("zone", HostRow::zone)
            .build();

    private final Transactions transactions;
    private final InstantSource clock;
    private final HostStore store = new HostStore();

    public ZoneRoutes(Transactions transactions, InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void routes(Routes routes) {
        String zones = Links.VERSION_PATH + "/os-availability-zone";
        routes.get(zones, LIST, exchange -> Zone.BRIEF.replyAll(200, zones(), exchange));
        routes.get(zones + "/detail", DETAIL, exchange -> Zone.WHOLE.replyAll(200, zones(), exchange));
        routes.get(Links.VERSION_PATH + "/os-hosts", HOSTS, this::hosts)
                .until(42)
                .asks("zone");
    }

    private List<Zone> zones() {
        Map<String, List<HostRow>> byZone = new TreeMap<>();
        for (HostRow host : transactions.run(store::list)) {
            byZone.computeIfAbsent(host.zone(), zone -> new ArrayList<>()).add(host);
        }
        return byZone.entrySet().stream()
                .map(zone -> new Zone(zone.getKey(), zone.getValue(), clock.instant()))
                .toList();
    }

    private Reply hosts(Exchange exchange) {
        String zone = exchange.query("zone").orElse("");
        List<HostRow> hosts = transactions.run(store::list).stream()
                .filter(host -> zone.isEmpty() || zone.equals(host.zone()))
                .toList();
        return HOST.replyAll(200, hosts, exchange);
    }
}
