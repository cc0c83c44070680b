package org.sluice.controller.network.availability;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** Who sees how many addresses are in use, as Neutron's policies say. */
final class AvailabilityRules {
    static final Rule GET =
            Rule.of("get_network_ip_availability", Who.ADMIN, "See how many addresses of networks are in use.");

    private AvailabilityRules() {}
}
