package org.sluice.controller.identity;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;

/** Services, endpoints, regions and domains: what the cloud has of them is fixed, so they can be read and not changed. */
final class CatalogRoutes {
    void addTo(Routes routes) {
        routes.get("/v3/services", CatalogRoutes::services)
                .get("/v3/services/{id}", CatalogRoutes::service)
                .get("/v3/endpoints", CatalogRoutes::endpoints)
                .get("/v3/endpoints/{id}", CatalogRoutes::endpoint)
                .get("/v3/regions", CatalogRoutes::regions)
                .get("/v3/regions/{id}", CatalogRoutes::region)
                .get("/v3/domains", CatalogRoutes::domains)
                .get("/v3/domains/{id}", CatalogRoutes::domain);
    }

    private static Reply services(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:list_services");
        String self = AuthRoutes.self(exchange);
        return Reply.ok(IdentityJson.list(
                "services",
                Catalog.services().stream()
                        .filter(asked(exchange, "type", Catalog.Service::type))
                        .filter(asked(exchange, "name", Catalog.Service::name))
                        .map(service -> IdentityJson.service(service, self))
                        .toList(),
                self + "/services"));
    }

    private static Reply service(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:get_service");
        String id = exchange.path("id");
        return Reply.ok(IdentityJson.wrap(
                "service",
                Catalog.service(id)
                        .map(service -> IdentityJson.service(service, AuthRoutes.self(exchange)))
                        .orElseThrow(() -> IdentityRules.notFound("service", id))));
    }

    private static Reply endpoints(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:list_endpoints");
        String self = AuthRoutes.self(exchange);
        return Reply.ok(IdentityJson.list(
                "endpoints",
                Catalog.endpoints(exchange.baseUrl()).stream()
                        .filter(asked(exchange, "interface", Catalog.Endpoint::interfaceName))
                        .filter(asked(exchange, "service_id", Catalog.Endpoint::serviceId))
                        .filter(asked(exchange, "region_id", _ -> Catalog.REGION))
                        .filter(asked(exchange, "region", _ -> Catalog.REGION))
                        .map(endpoint -> IdentityJson.endpoint(endpoint, self))
                        .toList(),
                self + "/endpoints"));
    }

    private static Reply endpoint(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:get_endpoint");
        String id = exchange.path("id");
        return Reply.ok(IdentityJson.wrap(
                "endpoint",
                Catalog.endpoints(exchange.baseUrl()).stream()
                        .filter(endpoint -> endpoint.id().equals(id))
                        .findFirst()
                        .map(endpoint -> IdentityJson.endpoint(endpoint, AuthRoutes.self(exchange)))
                        .orElseThrow(() -> IdentityRules.notFound("endpoint", id))));
    }

    private static Reply regions(Exchange exchange) {
        String self = AuthRoutes.self(exchange);
        // Clients look for a region that has no such id by a name, and take whatever single one they are given.
        boolean asked = Stream.of(Catalog.REGION)
                .filter(asked(exchange, "name", region -> region))
                .anyMatch(_ -> !exchange.queryNames().contains("parent_region_id"));
        return Reply.ok(IdentityJson.list(
                "regions", asked ? List.of(IdentityJson.region(self)) : List.of(), self + "/regions"));
    }

    private static Reply region(Exchange exchange) {
        String id = exchange.path("id");
        if (!id.equals(Catalog.REGION)) {
            throw IdentityRules.notFound("region", id);
        }
        return Reply.ok(IdentityJson.wrap("region", IdentityJson.region(AuthRoutes.self(exchange))));
    }

    private static Reply domains(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:list_domains");
        String self = AuthRoutes.self(exchange);
        boolean asked = exchange.query("name")
                        .map(name -> name.equals(IdentityJson.DOMAIN_NAME))
                        .orElse(true)
                && exchange.query("enabled")
                        .map(enabled -> !enabled.equalsIgnoreCase("false"))
                        .orElse(true);
        return Reply.ok(IdentityJson.list(
                "domains", asked ? List.of(IdentityJson.domain(self)) : List.of(), self + "/domains"));
    }

    private static Reply domain(Exchange exchange) {
        String id = exchange.path("id");
        if (!id.equals(IdentityJson.DOMAIN_ID)) {
            throw IdentityRules.notFound("domain", id);
        }
        return Reply.ok(IdentityJson.wrap("domain", IdentityJson.domain(AuthRoutes.self(exchange))));
    }

    private static <T> Predicate<T> asked(
            Exchange exchange, String parameter, java.util.function.Function<T, String> value) {
        return exchange.query(parameter)
                .map(wanted -> (Predicate<T>) item -> value.apply(item).equals(wanted))
                .orElse(item -> true);
    }
}
