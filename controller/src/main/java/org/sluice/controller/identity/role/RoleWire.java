package org.sluice.controller.identity.role;

import java.util.Map;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;
import org.sluice.controller.identity.wire.IdentityLinks;
import org.sluice.controller.identity.wire.NameFilters;

/** Roles as the Identity API shows them. */
public final class RoleWire {
    /** A role as it is shown. */
    public static final View<Role> VIEW = View.<Role>of("role", "roles")
            .member("id", Role::id)
            .member("name", Role::name)
            .member("domain_id", role -> null)
            .member("description", role -> null)
            .member("options", role -> Map.of())
            .memberShown("links", (role, shown) -> IdentityLinks.self(shown, "roles", role.id()))
            .build();

    /** Every role is of every domain: who asks for those of one asks for none. */
    public static final ListQuery<Role> LIST = NameFilters.add(ListQuery.of(VIEW), "name")
            .filter("domain_id", Filter.none())
            .sort("name", "name", Role::name)
            .unique("id", "id", Role::id, Role::id)
            .usually("name", true)
            .build();

    private RoleWire() {}
}
