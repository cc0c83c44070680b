package org.sluice.controller.network.zone;

import java.util.List;
import java.util.Map;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** {@code /availability_zones} (Networking API reference, "Availability zones"): networks have none. Stateless. */
public final class ZoneRoutes implements ResourceRoutes {
    private static final Rule GET =
            Rule.of("get_availability_zone", Who.ANYONE, "List the availability zones of networks: there are none.");

    @Override
    public void routes(Routes routes) {
        // Networks reach every host that their physical network reaches; zones are a matter of the Compute API.
        routes.get("/v2.0/availability_zones", GET, exchange -> Reply.ok(Map.of("availability_zones", List.of())))
                .asks("name", "resource", "state")
                .asks("fields", "limit", "marker", "page_reverse", "sort_dir", "sort_key");
    }
}
