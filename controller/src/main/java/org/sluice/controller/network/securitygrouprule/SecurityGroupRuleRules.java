package org.sluice.controller.network.securitygrouprule;

import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.controller.policy.RowTarget;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import org.sluice.model.ProblemException;

/** Who may do what with rules of security groups, as Neutron's policies say. They are made and deleted, never changed. */
final class SecurityGroupRuleRules {
    /** Who sees a rule {@code r}; it belongs to the project of its group. */
    static final Rule GET = Rule.of(
                    "get_security_group_rule", Who.PROJECT_READER, "Show rules of security groups, and list them.")
            .over(RowTarget.ofProject("r.project_id"));

    static final Rule CREATE =
            Rule.of("create_security_group_rule", Who.PROJECT_MEMBER, "Create rules of security groups.");
    static final Rule DELETE =
            Rule.of("delete_security_group_rule", Who.PROJECT_MEMBER, "Delete a rule of a security group.");

    /** They are shown with their group, all of them. */
    static final int MOST_IN_GROUP = 1_000;

    private SecurityGroupRuleRules() {}

    static ProblemException tooMany(Object group) {
        return NetworkProblems.conflict(
                "TooManySecurityGroupRules",
                "Security group " + group + " would have more than " + MOST_IN_GROUP
                        + " rules, which is the most that one group may have; use another group, or wider prefixes.");
    }

    static ProblemException exists(Object id) {
        return NetworkProblems.conflict(
                "SecurityGroupRuleExists", "Security group rule already exists. Rule id is " + id + ".");
    }
}
