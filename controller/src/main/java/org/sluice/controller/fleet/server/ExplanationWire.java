package org.sluice.controller.fleet.server;

import org.sluice.controller.http.view.View;

/** Explanations as the API has them. */
final class ExplanationWire {
    static final View<Explanation> VIEW = View.<Explanation>of("server", "servers")
            .member("id", Explanation::id)
            .member("name", Explanation::name)
            .member("status", Explanation::status)
            .member("task_state", Explanation::taskState)
            .member("power_state", Explanation::powerState)
            .member("locked_by", Explanation::lockedBy)
            .member("host", Explanation::host)
            .member("host_down", Explanation::hostDown)
            .member("availability_zone", Explanation::zone)
            .member("requested_zone", Explanation::requestedZone)
            .member("fault", Explanation::fault)
            .member("claim", Explanation::claim)
            .member("ports", Explanation::ports)
            .member("leases", Explanation::leases)
            .member("drifts", Explanation::drifts)
            .member("decision", Explanation::decision)
            .build();

    private ExplanationWire() {}
}
