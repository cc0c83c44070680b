package org.sluice.controller.identity.user;

import org.sluice.controller.identity.wire.DefaultDomain;
import org.sluice.controller.policy.RowTarget;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Target;
import org.sluice.controller.policy.Who;

/** Who may do what with users, as Keystone's policies say. A password is changed by whoever knows it, under no rule. */
final class UserRules {
    private static final RowTarget ROWS = RowTarget.ofUser("id").with("domain_id", "'" + DefaultDomain.ID + "'");

    static final Rule LIST =
            Rule.of("identity:list_users", Who.SYSTEM_READER, "List the users.").over(ROWS);
    static final Rule GET = Rule.of("identity:get_user", "rule:system_reader or user_id:%(user_id)s", "Show a user.")
            .over(ROWS);
    static final Rule CREATE = Rule.of("identity:create_user", Who.ADMIN, "Make a user.");
    static final Rule UPDATE = Rule.of("identity:update_user", Who.ADMIN, "Change a user, also its password.");
    static final Rule DELETE = Rule.of("identity:delete_user", Who.ADMIN, "Delete a user.");

    private UserRules() {}

    /** A user as checks see it: {@code user_id}, {@code domain_id}. */
    static Target target(String id) {
        return Target.ofUser(id).with("domain_id", DefaultDomain.ID);
    }
}
