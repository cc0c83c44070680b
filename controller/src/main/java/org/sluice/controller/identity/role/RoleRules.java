package org.sluice.controller.identity.role;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** Who may see roles, as Keystone's policies say. */
final class RoleRules {
    static final Rule LIST = Rule.of("identity:list_roles", Who.SYSTEM_READER, "List the roles.");
    static final Rule GET = Rule.of("identity:get_role", Who.SYSTEM_READER, "Show a role.");

    private RoleRules() {}
}
