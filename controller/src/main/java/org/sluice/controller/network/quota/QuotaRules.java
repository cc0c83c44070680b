package org.sluice.controller.network.quota;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** Who may do what with quotas, as Neutron does: everybody sees those of his project. */
final class QuotaRules {
    static final Rule GET = Rule.of("get_quota", Who.PROJECT_READER, "Show the quotas of a project.");
    static final Rule UPDATE = Rule.of("update_quota", Who.ADMIN, "Set the quotas of a project.");
    static final Rule DELETE = Rule.of("delete_quota", Who.ADMIN, "Set the quotas of a project back to what is usual.");

    private QuotaRules() {}
}
