package org.sluice.controller.observation.audit;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** Who may read what others did. */
final class AuditRules {
    static final Rule LIST =
            Rule.of("sluice:audit", Who.ADMIN, "Read the audit log: who changed what, before and after.");

    private AuditRules() {}
}
