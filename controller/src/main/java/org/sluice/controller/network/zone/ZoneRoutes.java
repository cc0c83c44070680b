package org.sluice.controller.network.zone;

import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.http.view.View;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import org.sluice.model.Problem.Kind;

/**
 * {@code /availability_zones} (Networking API reference, "Availability zones"). Networks reach every host that their physical
 * network reaches; zones are a matter of the Compute API, and networks have none. Stateless.
 */
public final class ZoneRoutes implements ResourceRoutes {
    private static final Rule GET =
            Rule.of("get_availability_zone", Who.ANYONE, "List the availability zones of networks: there are none.");

    private static final ListQuery<Void> LIST = ListQuery.of(
                    View.<Void>of("availability_zone", "availability_zones").build())
            .filter("resource", Filter.text("resource"))
            .filter("state", Filter.text("state"))
            .filter("name", Filter.text("name"))
            .unique("name", "name", _ -> "", _ -> "")
            .unknownMarker(marker -> NetworkProblems.of(
                    Kind.NOT_FOUND, "AvailabilityZoneNotFound", "AvailabilityZone " + marker + " could not be found."))
            .zeroMeansAll()
            .build();

    @Override
    public void routes(Routes routes) {
        routes.list("/v2.0/availability_zones", GET, LIST, Source.none());
    }
}
