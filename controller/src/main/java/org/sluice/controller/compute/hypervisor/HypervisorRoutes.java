package org.sluice.controller.compute.hypervisor;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.compute.host.HostRow;
import org.sluice.controller.compute.host.HostStore;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Ids;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.store.Transactions;

/**
 * {@code /os-hypervisors} (Compute API reference, "Hypervisors"): what hosts have and how much of it is claimed. Thread-safe.
 */
public final class HypervisorRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final InstantSource clock;
    private final HostStore store = new HostStore();

    public HypervisorRoutes(Transactions transactions, InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void routes(Routes routes) {
        String root = Links.VERSION_PATH + "/os-hypervisors";
        Source<Hypervisor> source = source();
        routes.list(root, HypervisorRules.LIST, HypervisorWire.LIST, source);
        routes.list(root + "/detail", HypervisorRules.DETAIL, HypervisorWire.DETAIL, source);
        routes.get(root + "/statistics", HypervisorRules.STATISTICS, this::statistics)
                .until(87);
        routes.get(root + "/{id}", HypervisorRules.SHOW, this::show).asksSince(53, "with_servers");
        routes.get(root + "/{id}/uptime", HypervisorRules.UPTIME, this::uptime)
                .until(87)
                .refused();
        routes.get(root + "/{id}/search", HypervisorRules.SEARCH, exchange -> search(exchange, false))
                .until(52);
        routes.get(root + "/{id}/servers", HypervisorRules.SERVERS, exchange -> search(exchange, true))
                .until(52);
    }

    private Source<Hypervisor> source() {
        return Source.of(
                (exchange, window) -> transactions.run(handle -> {
                    List<HostRow> hosts =
                            wantsServers(exchange) ? store.listForGuests(handle, window) : store.list(handle, window);
                    if (hosts.isEmpty()) {
                        refuseWithoutMatch(handle, exchange);
                    }
                    return hypervisors(handle, hosts, exchange);
                }),
                (exchange, marker) ->
                        transactions.autocommit(handle -> store.findShown(handle, marker, exchange.atLeast(53))
                                .map(host -> hypervisors(handle, List.of(host), exchange)
                                        .getFirst())));
    }

    /** A pattern that no host's name has is a mistake, and not an empty list, as in nova. */
    private void refuseWithoutMatch(Handle handle, Exchange exchange) {
        exchange.query("hypervisor_hostname_pattern").ifPresent(pattern -> {
            if (matching(handle, pattern).isEmpty()) {
                throw HypervisorRules.noMatch(pattern);
            }
        });
    }

    private List<HostRow> matching(Handle handle, String pattern) {
        return store.list(handle).stream()
                .filter(host -> host.name().contains(pattern))
                .toList();
    }

    /** Servers are shown when they are asked for; until 2.74 only where there are any. */
    private List<Hypervisor> hypervisors(Handle handle, List<HostRow> hosts, Exchange exchange) {
        return wantsServers(exchange)
                ? withServers(handle, hosts, exchange)
                : hosts.stream()
                        .map(host -> hypervisor(host, Optional.empty(), exchange))
                        .toList();
    }

    private static boolean wantsServers(Exchange exchange) {
        return exchange.atLeast(53)
                && exchange.query("with_servers").map(Boolean::parseBoolean).orElse(false);
    }

    private List<Hypervisor> withServers(Handle handle, List<HostRow> hosts, Exchange exchange) {
        Map<UUID, List<HostStore.Guest>> guests =
                store.guests(handle, hosts.stream().map(HostRow::id).toList()).stream()
                        .collect(Collectors.groupingBy(HostStore.Guest::host));
        return hosts.stream()
                .map(host -> hypervisor(
                        host,
                        Optional.of(guests.getOrDefault(host.id().value(), List.of()))
                                .filter(servers -> exchange.atLeast(75) || !servers.isEmpty()),
                        exchange))
                .toList();
    }

    private Hypervisor hypervisor(HostRow host, Optional<List<HostStore.Guest>> servers, Exchange exchange) {
        return new Hypervisor(host, host.shownId(exchange.atLeast(53)), host.state(clock.instant()), servers);
    }

    private Reply show(Exchange exchange) {
        String id = id(exchange);
        Hypervisor hypervisor = transactions.run(handle -> {
            HostRow host =
                    store.findShown(handle, id, exchange.atLeast(53)).orElseThrow(() -> HypervisorRules.unknown(id));
            return hypervisors(handle, List.of(host), exchange).getFirst();
        });
        return HypervisorWire.WHOLE.ok(hypervisor, exchange);
    }

    private static String id(Exchange exchange) {
        String id = exchange.path("id");
        if (exchange.atLeast(53) && Ids.parse(id).isEmpty()) {
            throw Problems.badRequest("InvalidUUID", "Invalid uuid " + id);
        }
        return id;
    }

    /** Sluice does not ask hosts how long they have been up. */
    private Reply uptime(Exchange exchange) {
        String id = id(exchange);
        if (transactions
                .run(handle -> store.findShown(handle, id, exchange.atLeast(53)))
                .isEmpty()) {
            throw HypervisorRules.unknown(id);
        }
        throw Problems.notOffered("How long hypervisor " + id + " has been up is not known.");
    }

    /** {@code /os-hypervisors/PATTERN/search} and {@code /servers}. */
    private Reply search(Exchange exchange, boolean withServers) {
        String pattern = exchange.path("id");
        List<Hypervisor> found = transactions.run(handle -> {
            List<HostRow> hosts = matching(handle, pattern);
            return withServers
                    ? withServers(handle, hosts, exchange)
                    : hosts.stream()
                            .map(host -> hypervisor(host, Optional.empty(), exchange))
                            .toList();
        });
        if (found.isEmpty()) {
            throw HypervisorRules.noMatch(pattern);
        }
        return HypervisorWire.BRIEF.replyAll(200, found, exchange);
    }

    private Reply statistics(Exchange exchange) {
        return HypervisorWire.STATISTICS.ok(new HypervisorWire.Sums(transactions.run(store::list)), exchange);
    }
}
