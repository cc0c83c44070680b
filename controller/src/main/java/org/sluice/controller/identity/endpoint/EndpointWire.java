package org.sluice.controller.identity.endpoint;

import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;
import org.sluice.controller.identity.service.Service;
import org.sluice.controller.identity.wire.IdentityLinks;

/** Endpoints as the Identity API shows them, and the catalog that tokens carry. */
public final class EndpointWire {
    static final View<Endpoint> VIEW = View.<Endpoint>of("endpoint", "endpoints")
            .member("id", Endpoint::id)
            .member("interface", Endpoint::interfaceName)
            .member("region_id", Endpoint::region)
            .member("service_id", endpoint -> endpoint.service().id())
            .memberShown("url", (endpoint, shown) -> endpoint.url(shown.baseUrl()))
            .member("enabled", endpoint -> true)
            .member("region", Endpoint::region)
            .memberShown("links", (endpoint, shown) -> IdentityLinks.self(shown, "endpoints", endpoint.id()))
            .build();

    static final ListQuery<Endpoint> LIST = ListQuery.of(VIEW)
            .filter("interface", Filter.text("face"))
            .filter("service_id", Filter.text("service_id"))
            .filter("region_id", Filter.text("region"))
            .filter("region", Filter.text("region"))
            .unique("id", "id", Endpoint::id, Endpoint::id)
            .build();

    private static final View<Endpoint> BRIEF = View.<Endpoint>of("endpoint", "endpoints")
            .member("id", Endpoint::id)
            .member("interface", Endpoint::interfaceName)
            .member("region_id", Endpoint::region)
            .memberShown("url", (endpoint, shown) -> endpoint.url(shown.baseUrl()))
            .member("region", Endpoint::region)
            .build();

    /** A service with its endpoints, one line of the catalog. */
    public static final View<Service> CATALOG = View.<Service>of("service", "catalog")
            .member(
                    "endpoints",
                    service -> Endpoint.of(service).stream()
                            .map(endpoint -> new View.Nested<>(BRIEF, endpoint))
                            .toList())
            .member("id", Service::id)
            .member("type", Service::type)
            .member("name", Service::name)
            .build();

    private EndpointWire() {}
}
