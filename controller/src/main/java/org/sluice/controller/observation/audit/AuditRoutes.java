package org.sluice.controller.observation.audit;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.store.Transactions;

/** {@code /sluice/v1/audit}. Thread-safe. */
public final class AuditRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final AuditStore store = new AuditStore();

    /** Reads the events in that database. */
    public AuditRoutes(Transactions transactions) {
        this.transactions = requireNonNull(transactions, "transactions is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.list(
                "/audit",
                AuditRules.LIST,
                AuditWire.LIST,
                Source.of(
                        (_, window) -> transactions.run(handle -> store.list(handle, window)),
                        (_, marker) -> marker.matches("[0-9]{1,18}")
                                ? transactions.autocommit(handle -> store.find(handle, Long.parseLong(marker)))
                                : Optional.empty()));
    }
}
