package org.sluice.controller.compute.migration;

import org.sluice.controller.compute.wire.ComputePages;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.http.view.View;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** {@code /os-migrations} (Compute API reference, "Migrations"): servers stay where they are, so there are none. */
public final class MigrationRoutes implements ResourceRoutes {
    private static final Rule INDEX =
            Rule.of("os_compute_api:os-migrations:index", Who.ADMIN, "List the migrations of servers.");

    private static final ListQuery<Void> LIST = ListQuery.of(
                    View.<Void>of("migration", "migrations").build())
            .filter("hidden", Filter.truth("hidden"))
            .filter("host", Filter.text("host"))
            .filter("instance_uuid", Filter.text("instance_uuid"))
            .filter("migration_type", Filter.text("migration_type"))
            .filter("source_compute", Filter.text("source_compute"))
            .filter("status", Filter.text("status"))
            .filter("changes-since", Filter.time("updated_at", ">="))
            .since(59)
            .filter("changes-before", Filter.time("updated_at", "<="))
            .since(66)
            .filter("project_id", Filter.text("project_id"))
            .since(80)
            .filter("user_id", Filter.text("user_id"))
            .since(80)
            .scope("limit")
            .since(59)
            .scope("marker")
            .since(59)
            .unique("id", "id", _ -> 0, _ -> "")
            .pages(ComputePages.LARGEST, ComputePages.LARGEST)
            .build();

    @Override
    public void routes(Routes routes) {
        routes.list(Links.VERSION_PATH + "/os-migrations", INDEX, LIST, Source.none());
    }
}
