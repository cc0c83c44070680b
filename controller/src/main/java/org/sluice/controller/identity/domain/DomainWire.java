package org.sluice.controller.identity.domain;

import java.util.List;
import java.util.Map;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;
import org.sluice.controller.identity.wire.IdentityLinks;
import org.sluice.controller.identity.wire.NameFilters;

/** Domains as the Identity API shows them. */
final class DomainWire {
    static final View<Domain> VIEW = View.<Domain>of("domain", "domains")
            .member("id", Domain::id)
            .member("name", Domain::name)
            .member("description", domain -> "The default domain")
            .member("enabled", domain -> true)
            .member("tags", domain -> List.of())
            .member("options", domain -> Map.of())
            .memberShown("links", (domain, shown) -> IdentityLinks.self(shown, "domains", domain.id()))
            .build();

    static final ListQuery<Domain> LIST = NameFilters.add(ListQuery.of(VIEW), "name")
            .filter("enabled", Filter.truth("true"))
            .unique("id", "id", Domain::id, Domain::id)
            .build();

    private DomainWire() {}
}
