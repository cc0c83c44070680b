package org.sluice.controller.compute.boot;

import static org.sluice.controller.compute.wire.ComputeRules.admin;
import static org.sluice.controller.compute.wire.ComputeRules.member;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** Who may create servers, and where, as Nova's policies say. */
final class BootRules {
    static final Rule CREATE = member("servers:create", "Create a server.");
    static final Rule FORCED_HOST = admin("servers:create:forced_host", "Name a host behind the zone of a new server.");
    // Nova's own name has another beginning.
    static final Rule REQUESTED_DESTINATION = Rule.of(
            "compute:servers:create:requested_destination", Who.ADMIN, "Name the host of a new server, from 2.74 on.");

    private BootRules() {}
}
