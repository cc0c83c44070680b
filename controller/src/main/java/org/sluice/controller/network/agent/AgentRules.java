package org.sluice.controller.network.agent;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** Who sees agents, as Neutron's policies say. */
final class AgentRules {
    static final Rule GET = Rule.of("get_agent", Who.ADMIN, "Show agents, and list them.");

    private AgentRules() {}
}
