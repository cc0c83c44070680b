package org.sluice.controller.identity.service;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** Who may see services, as Keystone's policies say. */
final class ServiceRules {
    static final Rule LIST = Rule.of("identity:list_services", Who.SYSTEM_READER, "List the services.");
    static final Rule GET = Rule.of("identity:get_service", Who.SYSTEM_READER, "Show a service.");

    private ServiceRules() {}
}
