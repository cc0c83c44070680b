package org.sluice.controller.fleet.policy;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** Who may look at the policy. */
final class PolicyRules {
    static final Rule SHOW =
            Rule.of("sluice:policy:show", Who.ADMIN, "Show every rule in force and what an operator changed of it.");

    private PolicyRules() {}
}
