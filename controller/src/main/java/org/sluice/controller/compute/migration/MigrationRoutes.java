package org.sluice.controller.compute.migration;

import java.util.List;
import java.util.Map;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** {@code /os-migrations} (Compute API reference, "Migrations"): servers stay where they are, so there are none. */
public final class MigrationRoutes implements ResourceRoutes {
    private static final Rule INDEX =
            Rule.of("os_compute_api:os-migrations:index", Who.ADMIN, "List the migrations of servers.");

    @Override
    public void routes(Routes routes) {
        routes.get(Links.VERSION_PATH + "/os-migrations", INDEX, exchange -> Reply.ok(Map.of("migrations", List.of())))
                .asks("hidden", "host", "instance_uuid", "migration_type", "source_compute", "status")
                .asksSince(59, "changes-since", "limit", "marker")
                .asksSince(66, "changes-before")
                .asksSince(80, "project_id", "user_id");
    }
}
