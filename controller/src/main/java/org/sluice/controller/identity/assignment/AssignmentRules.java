package org.sluice.controller.identity.assignment;

import org.sluice.controller.policy.RowTarget;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Target;
import org.sluice.controller.policy.Who;

/** Who may see and change who has which role, as Keystone's policies say. */
final class AssignmentRules {
    static final Rule LIST = Rule.of(
                    "identity:list_role_assignments", Who.SYSTEM_READER, "List who has which role where.")
            .over(RowTarget.ofProject("project_id").with("user_id", "account_id"));
    static final Rule LIST_TREE = Rule.of(
            "identity:list_role_assignments_for_tree",
            Who.SYSTEM_READER,
            "List who has which role in a project and in those below it.");
    static final Rule LIST_GRANTS =
            Rule.of("identity:list_grants", Who.SYSTEM_READER, "List the roles of a user in a project or domain.");
    static final Rule CHECK =
            Rule.of("identity:check_grant", Who.SYSTEM_READER, "Ask whether a user has a role in a project or domain.");
    static final Rule CREATE =
            Rule.of("identity:create_grant", Who.ADMIN, "Give a user a role in a project or domain.");
    static final Rule REVOKE =
            Rule.of("identity:revoke_grant", Who.ADMIN, "Take a role in a project or domain away from a user.");
    static final Rule LIST_SYSTEM = Rule.of(
            "identity:list_system_grants_for_user", Who.SYSTEM_READER, "List the roles of a user on the system.");
    static final Rule CHECK_SYSTEM = Rule.of(
            "identity:check_system_grant_for_user", Who.SYSTEM_READER, "Ask whether a user has a role on the system.");
    static final Rule CREATE_SYSTEM =
            Rule.of("identity:create_system_grant_for_user", Who.ADMIN, "Give a user a role on the system.");
    static final Rule REVOKE_SYSTEM =
            Rule.of("identity:revoke_system_grant_for_user", Who.ADMIN, "Take a role on the system away from a user.");

    private AssignmentRules() {}

    /** A user's roles in a place as checks see them: {@code user_id}, and {@code project_id} or {@code domain_id}. */
    static Target target(String user, Place place) {
        return switch (place) {
            case Place.OfProject project -> Target.ofProject(project.id()).with("user_id", user);
            case Place.OfDomain domain -> Target.ofUser(user).with("domain_id", domain.key());
            case Place.OfCloud _ -> Target.ofUser(user);
        };
    }
}
