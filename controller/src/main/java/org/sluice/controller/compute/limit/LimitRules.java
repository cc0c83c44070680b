package org.sluice.controller.compute.limit;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** Who may see what a project uses and may use, as Nova's policies say. */
final class LimitRules {
    static final Rule LIMITS =
            Rule.of("os_compute_api:limits", Who.ANYONE, "Show limits and use of one's own project.");
    static final Rule OTHER_PROJECT =
            Rule.of("os_compute_api:limits:other_project", Who.ADMIN, "Show limits and use of any project.");
    static final Rule SHOW =
            Rule.of("os_compute_api:os-quota-sets:show", Who.PROJECT_READER, "Show a project's quotas.");
    static final Rule DEFAULTS =
            Rule.of("os_compute_api:os-quota-sets:defaults", Who.ANYONE, "Show the quotas of a new project.");
    static final Rule DETAIL = Rule.of(
            "os_compute_api:os-quota-sets:detail", Who.PROJECT_READER, "Show a project's quotas and what it uses.");
    static final Rule UPDATE = Rule.of("os_compute_api:os-quota-sets:update", Who.ADMIN, "Change a project's quotas.");

    private LimitRules() {}
}
