package org.sluice.controller.compute.instanceaction;

import static java.util.Objects.requireNonNull;

import org.sluice.controller.compute.server.ServerLookup;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.store.Transactions;

/** {@code /servers/ID/os-instance-actions} (Compute API reference, "Servers actions records"). Thread-safe. */
public final class InstanceActionRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final ServerLookup lookup = new ServerLookup();
    private final InstanceActionStore store = new InstanceActionStore();

    public InstanceActionRoutes(Transactions transactions) {
        this.transactions = requireNonNull(transactions, "transactions is null");
    }

    @Override
    public void routes(Routes routes) {
        String root = Links.VERSION_PATH + "/servers/{id}/os-instance-actions";
        routes.list(root, InstanceActionRules.LIST, InstanceActionWire.LIST, actions());
        routes.get(root + "/{request}", InstanceActionRules.SHOW, this::show);
    }

    private Source<InstanceAction> actions() {
        return Source.of(
                (exchange, window) -> transactions.run(handle ->
                        store.list(handle, lookup.find(handle, exchange).id(), window)),
                (exchange, request) -> transactions.autocommit(handle ->
                        store.find(handle, lookup.find(handle, exchange).id(), request)));
    }

    private Reply show(Exchange exchange) {
        String request = exchange.path("request");
        InstanceAction action = transactions
                .autocommit(handle ->
                        store.find(handle, lookup.find(handle, exchange).id(), request))
                .orElseThrow(() -> Problems.notFound(
                        "InstanceActionNotFound",
                        "Action for request_id " + request + " on instance " + exchange.path("id") + " not found"));
        return InstanceActionWire.WHOLE.ok(action, exchange);
    }
}
