package org.sluice.controller.compute.service;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
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
import org.sluice.controller.scheduling.FleetIndex;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Transactions;
import org.sluice.model.HostId;

/**
 * {@code /os-services} (Compute API reference, "Compute services"): the agent of every host, by nova's name for it. Controllers
 * are not listed: they keep no state, and whichever answers is up. Thread-safe.
 */
public final class ServiceRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final Scheduling scheduling;
    private final InstantSource clock;
    private final HostStore store = new HostStore();

    /**
     * Wires them.
     *
     * @param scheduling takes hosts out of the fleet
     * @param clock tells which hosts are up
     */
    public ServiceRoutes(Transactions transactions, Scheduling scheduling, InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.scheduling = requireNonNull(scheduling, "scheduling is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void routes(Routes routes) {
        String root = Links.VERSION_PATH + "/os-services";
        routes.list(root, ServiceRules.LIST, ServiceWire.LIST, source());
        // Until 2.52 the last segment is what to do and not a service: two ways of one route.
        routes.put(
                root + "/{id}",
                ServiceRules.UPDATE,
                exchange -> exchange.atLeast(53) ? update(exchange) : updateByName(exchange));
        routes.delete(root + "/{id}", ServiceRules.DELETE, this::delete);
    }

    private Source<ServiceWire.Service> source() {
        return Source.of(
                (exchange, window) -> transactions.run(handle -> store.list(handle, window)).stream()
                        .map(host -> service(host, exchange))
                        .toList(),
                (exchange, marker) -> transactions
                        .run(handle -> store.findShown(handle, marker, exchange.atLeast(53)))
                        .map(host -> service(host, exchange)));
    }

    private ServiceWire.Service service(HostRow host, Exchange exchange) {
        return new ServiceWire.Service(host, host.shownId(exchange.atLeast(53)), host.state(clock.instant()));
    }

    private Reply update(Exchange exchange) {
        ServiceWire.Wanted wanted = ServiceWire.read(exchange);
        String id = exchange.path("id");
        HostId host = Ids.parse(id)
                .map(HostId::new)
                .orElseThrow(() -> Problems.badRequest("InvalidUUID", "Invalid uuid " + id));
        HostRow changed = transactions.run(handle -> {
            HostRow found = store.find(handle, host).orElseThrow(() -> ServiceRules.unknown(id));
            return change(handle, found, wanted);
        });
        return ServiceWire.WHOLE.ok(service(changed, exchange), exchange);
    }

    private Reply updateByName(Exchange exchange) {
        ServiceWire.WantedByName wanted = ServiceWire.readByName(exchange, exchange.path("id"));
        HostRow changed = transactions.run(handle -> {
            HostRow found = store.findByName(handle, wanted.host())
                    .filter(host -> wanted.binary().equals(HostRow.BINARY))
                    .orElseThrow(() -> ServiceRules.unknown(wanted.host(), wanted.binary()));
            return change(handle, found, wanted.wanted());
        });
        return wanted.reply().ok(changed, exchange);
    }

    private HostRow change(Handle handle, HostRow host, ServiceWire.Wanted wanted) {
        wanted.enabled()
                .ifPresent(enabled -> store.setEnabled(
                        handle, host.id(), enabled, wanted.reason().orElse(null)));
        wanted.forcedDown().ifPresent(down -> store.setForcedDown(handle, host.id(), down));
        ChangeFeed.announce(handle, FleetIndex.TOPIC);
        return store.find(handle, host.id()).orElseThrow();
    }

    /** The host goes with the one service that it has. */
    private Reply delete(Exchange exchange) {
        String id = exchange.path("id");
        transactions.use(handle -> {
            HostRow host =
                    store.findShown(handle, id, exchange.atLeast(53)).orElseThrow(() -> ServiceRules.unknown(id));
            if (!scheduling.remove(handle, host.id(), false)) {
                throw ServiceRules.unknown(id);
            }
        });
        return Reply.empty(204);
    }
}
