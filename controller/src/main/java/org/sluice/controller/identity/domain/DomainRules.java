package org.sluice.controller.identity.domain;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** Who may see domains, as Keystone's policies say: everybody's own, which is the one there is. */
final class DomainRules {
    static final Rule LIST = Rule.of("identity:list_domains", Who.SYSTEM_READER, "List the domains.");
    static final Rule GET = Rule.of("identity:get_domain", Who.ANYONE, "Show a domain.");
    static final Rule LIST_OWN =
            Rule.of("identity:get_auth_domains", Who.ANYONE, "List the domains that a token can be had for.");

    private DomainRules() {}
}
