package org.sluice.controller.fleet.server;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Ids;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.store.Transactions;

/** {@code /servers/ID/explain}, where ID may be a name that only one server has. Thread-safe. */
public final class ExplanationRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final ExplanationStore store = new ExplanationStore();

    public ExplanationRoutes(Transactions transactions) {
        this.transactions = requireNonNull(transactions, "transactions is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.get("/servers/{id}/explain", ExplanationRules.EXPLAIN, this::explain);
    }

    private Reply explain(Exchange exchange) {
        String server = exchange.path("id");
        return ExplanationWire.VIEW.ok(transactions.run(handle -> found(handle, server)), exchange);
    }

    private Explanation found(Handle handle, String server) {
        Optional<Explanation> named = Ids.parse(server).flatMap(id -> store.byId(handle, id));
        if (named.isPresent()) {
            return named.get();
        }
        List<Explanation> ofName = store.byName(handle, server);
        if (ofName.size() > 1) {
            throw ExplanationRules.ambiguous(ofName.size(), server);
        }
        return ofName.stream().findFirst().orElseThrow(() -> ExplanationRules.unknown(server));
    }
}
