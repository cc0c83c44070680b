package org.sluice.controller.identity.service;

import java.util.Map;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.identity.wire.FixedRows;
import org.sluice.controller.identity.wire.IdentityProblems;
import org.sluice.controller.store.Transactions;

/** {@code /v3/services}, which are fixed (Identity API reference, "Service catalog and endpoints"). Thread-safe. */
public final class ServiceRoutes implements ResourceRoutes {
    private final FixedRows<Service> services;

    public ServiceRoutes(Transactions transactions) {
        this.services = new FixedRows<>(
                transactions, Service.ALL, Service::id, Map.of("type", Service::type, "name", Service::name));
    }

    @Override
    public void routes(Routes routes) {
        routes.list("/v3/services", ServiceRules.LIST, ServiceWire.LIST, services);
        routes.get("/v3/services/{id}", ServiceRules.GET, this::show);
    }

    private Reply show(Exchange exchange) {
        String id = exchange.path("id");
        return ServiceWire.VIEW.ok(
                services.find(id).orElseThrow(() -> IdentityProblems.notFound("service", id)), exchange);
    }
}
