package org.sluice.controller.fleet.physicalnetwork;

import static java.util.Objects.requireNonNull;

import org.jdbi.v3.core.Handle;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.store.Transactions;

/** {@code /physical-networks}. Thread-safe. */
public final class PhysicalNetworkRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final PhysicalNetworkStore store = new PhysicalNetworkStore();

    public PhysicalNetworkRoutes(Transactions transactions) {
        this.transactions = requireNonNull(transactions, "transactions is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.list("/physical-networks", PhysicalNetworkRules.LIST, PhysicalNetworkWire.LIST, source());
        routes.get("/physical-networks/{name}", PhysicalNetworkRules.SHOW, this::show);
        routes.put("/physical-networks/{name}", PhysicalNetworkRules.SET, this::set);
        routes.delete("/physical-networks/{name}", PhysicalNetworkRules.DELETE, this::delete);
    }

    private Source<PhysicalNetwork> source() {
        return Source.of(
                (_, window) -> transactions.run(handle -> store.list(handle, window)),
                (_, marker) -> transactions.autocommit(handle -> store.find(handle, marker)));
    }

    private Reply show(Exchange exchange) {
        return PhysicalNetworkWire.VIEW.ok(transactions.run(handle -> found(handle, exchange.path("name"))), exchange);
    }

    private PhysicalNetwork found(Handle handle, String name) {
        return store.find(handle, name).orElseThrow(() -> PhysicalNetworkRules.unknown(name));
    }

    private Reply set(Exchange exchange) {
        String name = exchange.path("name");
        PhysicalNetworkWire.Wanted wanted = PhysicalNetworkWire.read(exchange);
        PhysicalNetwork network = transactions.run(handle -> {
            store.ensure(handle, name);
            wanted.mtu().ifPresent(bytes -> store.setMtu(handle, name, bytes));
            wanted.ranges().ifPresent(ranges -> store.setRanges(handle, name, ranges));
            return found(handle, name);
        });
        return PhysicalNetworkWire.VIEW.ok(network, exchange);
    }

    private Reply delete(Exchange exchange) {
        transactions.use(handle -> store.delete(handle, exchange.path("name")));
        return Reply.empty(204);
    }
}
