package org.sluice.controller.fleet.virtualfunction;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.http.list.Window;
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
        return new Source<>() {
            @Override
            public List<VirtualFunction> rows(Exchange exchange, Window window) {
                return transactions.run(handle -> store.list(handle, window));
            }

            @Override
            public Optional<VirtualFunction> marked(Exchange exchange, String marker) {
                return transactions.autocommit(handle -> store.find(handle, marker));
            }
        };
    }
}
