package org.sluice.controller.fleet.virtualfunction;

import static java.util.Objects.requireNonNull;

import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.store.Transactions;

/** {@code /virtual-functions}. Thread-safe. */
public final class VirtualFunctionRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final VirtualFunctionStore store = new VirtualFunctionStore();

    public VirtualFunctionRoutes(Transactions transactions) {
        this.transactions = requireNonNull(transactions, "transactions is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.list("/virtual-functions", VirtualFunctionRules.LIST, VirtualFunctionWire.LIST, source());
    }

    private Source<VirtualFunction> source() {
        return Source.of(
                (_, window) -> transactions.run(handle -> store.list(handle, window)),
                (_, marker) -> transactions.autocommit(handle -> store.find(handle, marker)));
    }
}
