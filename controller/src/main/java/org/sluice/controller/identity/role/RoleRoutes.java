package org.sluice.controller.identity.role;

import static java.util.Objects.requireNonNull;

import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.store.Transactions;

/** {@code /v3/roles}, which are fixed: they can be read and not changed (Identity API reference, "Roles"). Thread-safe. */
public final class RoleRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final RoleStore store = new RoleStore();

    public RoleRoutes(Transactions transactions) {
        this.transactions = requireNonNull(transactions, "transactions is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.list("/v3/roles", RoleRules.LIST, RoleWire.LIST, source());
        routes.get("/v3/roles/{id}", RoleRules.GET, this::show);
    }

    private Source<Role> source() {
        return Source.of(
                (_, window) -> transactions.run(handle -> store.list(handle, window)),
                (_, marker) -> transactions.autocommit(handle -> store.find(handle, marker)));
    }

    private Reply show(Exchange exchange) {
        String id = exchange.path("id");
        return RoleWire.VIEW.ok(transactions.autocommit(handle -> store.require(handle, id)), exchange);
    }
}
