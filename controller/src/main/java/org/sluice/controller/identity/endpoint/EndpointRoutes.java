package org.sluice.controller.identity.endpoint;

import java.util.Map;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.identity.wire.FixedRows;
import org.sluice.controller.identity.wire.IdentityProblems;
import org.sluice.controller.store.Transactions;

/** {@code /v3/endpoints}, which are fixed (Identity API reference, "Service catalog and endpoints"). Thread-safe. */
public final class EndpointRoutes implements ResourceRoutes {
    private final FixedRows<Endpoint> endpoints;

    public EndpointRoutes(Transactions transactions) {
        this.endpoints = new FixedRows<>(
                transactions,
                Endpoint.ALL,
                Endpoint::id,
                Map.of(
                        "face", Endpoint::interfaceName,
                        "service_id", endpoint -> endpoint.service().id(),
                        "region", Endpoint::region));
    }

    @Override
    public void routes(Routes routes) {
        routes.list("/v3/endpoints", EndpointRules.LIST, EndpointWire.LIST, endpoints);
        routes.get("/v3/endpoints/{id}", EndpointRules.GET, this::show);
    }

    private Reply show(Exchange exchange) {
        String id = exchange.path("id");
        return EndpointWire.VIEW.ok(
                endpoints.find(id).orElseThrow(() -> IdentityProblems.notFound("endpoint", id)), exchange);
    }
}
