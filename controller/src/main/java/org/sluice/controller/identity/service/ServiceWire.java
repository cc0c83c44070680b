package org.sluice.controller.identity.service;

import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;
import org.sluice.controller.identity.wire.IdentityLinks;

/** Services as the Identity API shows them. */
final class ServiceWire {
    static final View<Service> VIEW = View.<Service>of("service", "services")
            .member("name", Service::name)
            .member("id", Service::id)
            .member("type", Service::type)
            .member("enabled", service -> true)
            .memberShown("links", (service, shown) -> IdentityLinks.self(shown, "services", service.id()))
            .build();

    static final ListQuery<Service> LIST = ListQuery.of(VIEW)
            .filter("type", Filter.text("type"))
            .filter("name", Filter.text("name"))
            .unique("id", "id", Service::id, Service::id)
            .build();

    private ServiceWire() {}
}
