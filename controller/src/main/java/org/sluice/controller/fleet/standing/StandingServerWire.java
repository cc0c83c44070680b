package org.sluice.controller.fleet.standing;

import org.sluice.controller.fleet.wire.FleetPages;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;

/** What stands on a host, as the API has it. */
final class StandingServerWire {
    private static final View<StandingServer> VIEW = View.<StandingServer>of("server", "servers")
            .member("id", StandingServer::id)
            .member("name", StandingServer::name)
            .member("project_id", StandingServer::projectId)
            .member("status", StandingServer::status)
            .member("task", StandingServer::task)
            .member("claim", StandingServer::role)
            .member("leaving", StandingServer::isLeaving)
            .member("virtual_functions", StandingServer::virtualFunctions)
            .member("fits_elsewhere", StandingServer::fitsElsewhere)
            .member("moves", StandingServer::moves)
            .member("obstacle", StandingServer::obstacle)
            .build();

    static final ListQuery<StandingServer> LIST = ListQuery.of(VIEW)
            .unique(
                    "id",
                    "s.number",
                    StandingServer::number,
                    server -> server.id().toString())
            .pages(FleetPages.LARGEST, FleetPages.LARGEST)
            .build();

    private StandingServerWire() {}
}
