package org.sluice.controller.identity.domain;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.identity.assignment.AssignmentStore;
import org.sluice.controller.identity.assignment.Place;
import org.sluice.controller.identity.wire.FixedRows;
import org.sluice.controller.identity.wire.IdentityProblems;
import org.sluice.controller.store.Transactions;

/** {@code /v3/domains}, of which there is one (Identity API reference, "Domains"). Thread-safe. */
public final class DomainRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final AssignmentStore assignments = new AssignmentStore();
    private final FixedRows<Domain> domains;

    public DomainRoutes(Transactions transactions) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.domains = new FixedRows<>(transactions, List.of(Domain.ONE), Domain::id, Map.of("name", Domain::name));
    }

    @Override
    public void routes(Routes routes) {
        routes.list("/v3/domains", DomainRules.LIST, DomainWire.LIST, domains);
        routes.get("/v3/domains/{id}", DomainRules.GET, this::show);
        routes.list("/v3/auth/domains", DomainRules.LIST_OWN, DomainWire.LIST, own());
    }

    private Source<Domain> own() {
        return Source.of(
                (exchange, window) -> {
                    String user = exchange.caller().userId();
                    boolean has = transactions.run(handle -> !assignments
                            .effectiveRoles(handle, user, new Place.OfDomain())
                            .isEmpty());
                    return has ? domains.rows(exchange, window) : List.of();
                },
                domains::marked);
    }

    private Reply show(Exchange exchange) {
        String id = exchange.path("id");
        return DomainWire.VIEW.ok(
                domains.find(id).orElseThrow(() -> IdentityProblems.notFound("domain", id)), exchange);
    }
}
