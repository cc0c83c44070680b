package org.sluice.controller.identity.region;

import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;
import org.sluice.controller.identity.wire.IdentityLinks;

/** Regions as the Identity API shows them. */
final class RegionWire {
    static final View<Region> VIEW = View.<Region>of("region", "regions")
            .member("id", Region::id)
            .member("description", region -> "")
            .member("parent_region_id", region -> null)
            .memberShown("links", (region, shown) -> IdentityLinks.self(shown, "regions", region.id()))
            .build();

    /** Clients look for a region that has no such id by a name, and take whatever single one they are given. */
    static final ListQuery<Region> LIST = ListQuery.of(VIEW)
            .filter("name", Filter.text("id"))
            .filter("parent_region_id", Filter.none())
            .unique("id", "id", Region::id, Region::id)
            .build();

    private RegionWire() {}
}
