package org.sluice.controller.network.securitygroup;

import java.util.List;
import java.util.UUID;
import org.sluice.controller.network.securitygrouprule.SecurityGroupRule;
import org.sluice.controller.network.wire.Stamps;

/**
 * A security group as it is kept.
 *
 * @param isStateful whether replies to what it lets through come back
 * @param rules what it lets through, in the order of their ids
 */
record SecurityGroup(
        UUID id,
        String projectId,
        String name,
        String description,
        boolean isStateful,
        List<SecurityGroupRule> rules,
        Stamps stamps) {
    SecurityGroup {
        rules = List.copyOf(rules);
    }

    /** Whether it is the one that every project has. */
    boolean isDefault() {
        return name.equals(SecurityGroupRules.DEFAULT);
    }

    SecurityGroup with(List<SecurityGroupRule> itsRules) {
        return new SecurityGroup(id, projectId, name, description, isStateful, itsRules, stamps);
    }
}
