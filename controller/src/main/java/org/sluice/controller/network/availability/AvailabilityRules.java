package org.sluice.controller.network.availability;

import org.sluice.controller.policy.RowTarget;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** Who sees how many addresses are in use, as Neutron's policies say. */
final class AvailabilityRules {
    /** Who sees the counts of a network {@code n}. */
    static final Rule GET = Rule.of(
                    "get_network_ip_availability", Who.ADMIN, "See how many addresses of networks are in use.")
            .over(RowTarget.ofProject("n.project_id"));

    private AvailabilityRules() {}
}
