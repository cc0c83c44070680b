package org.sluice.controller.network.agent;

import java.time.Duration;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** Who sees agents, as Neutron's policies say, and when one counts as dead. */
final class AgentRules {
    static final Rule GET = Rule.of("get_agent", Who.ADMIN, "Show agents, and list them.");

    /** An agent that was silent for longer is shown as not alive (Neutron's agent_down_time). */
    static final Duration SILENCE = Duration.ofSeconds(75);

    private AgentRules() {}
}
