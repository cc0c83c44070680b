package org.sluice.controller.network.securitygroup;

import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.controller.policy.RowTarget;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import org.sluice.model.ProblemException;

/** Who may do what with security groups, as Neutron's policies say, and what they may be called. */
public final class SecurityGroupRules {
    /** Who sees a security group {@code g}. */
    public static final Rule GET = Rule.of(
                    "get_security_group", Who.PROJECT_READER, "Show security groups, and list them.")
            .over(RowTarget.ofProject("g.project_id"));

    static final Rule CREATE = Rule.of("create_security_group", Who.PROJECT_MEMBER, "Create security groups.");
    static final Rule UPDATE = Rule.of("update_security_group", Who.PROJECT_MEMBER, "Change a security group.");
    static final Rule UPDATE_TAGS =
            Rule.of("update_security_group:tags", Who.PROJECT_MEMBER, "Change the tags of a security group.");
    static final Rule DELETE = Rule.of("delete_security_group", Who.PROJECT_MEMBER, "Delete a security group.");

    static final String DEFAULT = "default";

    private SecurityGroupRules() {}

    static ProblemException anotherDefault() {
        return NetworkProblems.conflict("SecurityGroupDefaultAlreadyExists", "Default security group already exists.");
    }

    static ProblemException defaultStays() {
        return NetworkProblems.conflict(
                "SecurityGroupCannotRemoveDefault", "Insufficient rights for removing default security group.");
    }

    static ProblemException inUse(Object id) {
        return NetworkProblems.conflict("SecurityGroupInUse", "Security Group " + id + " in use.");
    }

    /** The default group keeps its name, and no other one takes it. */
    static void requireName(SecurityGroup group, String name) {
        if (group.isDefault() == name.equals(DEFAULT)) {
            return;
        }
        throw group.isDefault()
                ? NetworkProblems.conflict(
                        "SecurityGroupCannotUpdateDefault", "Updating default security group not allowed.")
                : anotherDefault();
    }
}
