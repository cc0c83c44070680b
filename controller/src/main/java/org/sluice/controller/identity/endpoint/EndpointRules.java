package org.sluice.controller.identity.endpoint;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** Who may see endpoints, as Keystone's policies say; those in a token everybody sees. */
final class EndpointRules {
    static final Rule LIST = Rule.of("identity:list_endpoints", Who.SYSTEM_READER, "List the endpoints.");
    static final Rule GET = Rule.of("identity:get_endpoint", Who.SYSTEM_READER, "Show an endpoint.");

    private EndpointRules() {}
}
