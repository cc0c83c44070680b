package org.sluice.controller.fleet.host;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.fleet.physicalnetwork.PhysicalNetworkStore;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.store.Transactions;
import org.sluice.model.HostId;

/** {@code /hosts}, with the cards and uplinks of one. Thread-safe. */
public final class HostRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final Scheduling scheduling;
    private final HostStore store = new HostStore();
    private final PhysicalNetworkStore networks = new PhysicalNetworkStore();
    private final Mappings mappings = new Mappings();

    /**
     * Wires them.
     *
     * @param scheduling takes hosts out of the fleet
     */
    public HostRoutes(Transactions transactions, Scheduling scheduling) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.scheduling = requireNonNull(scheduling, "scheduling is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.list("/hosts", HostRules.LIST, HostWire.LIST, source());
        routes.get("/hosts/{name}", HostRules.SHOW, this::show);
        routes.delete("/hosts/{name}", HostRules.DELETE, this::remove).asks("lost");
        routes.put("/hosts/{name}/physical-functions/{function}", HostRules.MAP, this::map);
        routes.put("/hosts/{name}/uplinks/{network}", HostRules.SET_UPLINK, this::setUplink);
        routes.delete("/hosts/{name}/uplinks/{network}", HostRules.DELETE_UPLINK, this::deleteUplink);
    }

    private Source<Host> source() {
        return Source.of(
                (_, window) -> transactions.run(handle -> store.list(handle, window)),
                (_, marker) -> transactions.autocommit(handle -> store.find(handle, marker)));
    }

    private Reply show(Exchange exchange) {
        return HostWire.VIEW.ok(transactions.run(handle -> host(handle, exchange)), exchange);
    }

    private Host host(Handle handle, Exchange exchange) {
        String name = exchange.path("name");
        return store.find(handle, name).orElseThrow(() -> HostRules.unknown(name));
    }

    private Reply remove(Exchange exchange) {
        boolean isLost = HostWire.isLost(exchange);
        String name = exchange.path("name");
        transactions.use(handle -> {
            HostId host = Hosts.find(handle, name).orElseThrow(() -> HostRules.unknown(name));
            if (!scheduling.remove(handle, host, isLost)) {
                throw HostRules.unknown(name);
            }
        });
        return Reply.empty(204);
    }

    private Reply map(Exchange exchange) {
        Optional<String> network = HostWire.mapping(exchange);
        Host host = transactions.run(handle -> {
            network.ifPresent(name -> networks.require(handle, name));
            Card card = mappings.requireCard(handle, exchange.path("name"), exchange.path("function"));
            mappings.map(handle, card, network);
            return host(handle, exchange);
        });
        return HostWire.VIEW.ok(host, exchange);
    }

    private Reply setUplink(Exchange exchange) {
        String wanted = HostWire.uplink(exchange);
        Host host = transactions.run(handle -> {
            networks.require(handle, exchange.path("network"));
            mappings.uplink(handle, exchange.path("name"), exchange.path("network"), wanted);
            return host(handle, exchange);
        });
        return HostWire.VIEW.ok(host, exchange);
    }

    private Reply deleteUplink(Exchange exchange) {
        Host host = transactions.run(handle -> {
            mappings.removeUplink(handle, exchange.path("name"), exchange.path("network"));
            return host(handle, exchange);
        });
        return HostWire.VIEW.ok(host, exchange);
    }
}
