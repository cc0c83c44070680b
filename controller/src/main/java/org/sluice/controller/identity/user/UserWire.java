package org.sluice.controller.identity.user;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;
import org.sluice.controller.identity.wire.DefaultDomain;
import org.sluice.controller.identity.wire.IdentityLinks;
import org.sluice.controller.identity.wire.NameFilters;

/** Users as the Identity API takes and shows them. */
public final class UserWire {
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_EMAIL = 254;
    private static final int LONGEST_DESCRIPTION = 4_096;
    /** Keystone's bound. */
    private static final int LONGEST_PASSWORD = 4_096;

    private static final Set<String> KNOWN =
            Set.of("name", "password", "default_project_id", "enabled", "email", "description", "domain_id", "options");

    static final View<Account> VIEW = View.<Account>of("user", "users")
            .member("id", Account::id)
            .member("name", Account::name)
            .member("domain_id", user -> DefaultDomain.ID)
            .member("enabled", Account::enabled)
            .member("default_project_id", Account::defaultProjectId)
            .whenPresent()
            .member("email", Account::email)
            .whenPresent()
            .member("description", Account::description)
            .whenPresent()
            .member("password_expires_at", user -> null)
            .member("options", user -> Map.of())
            .memberShown("links", (user, shown) -> IdentityLinks.self(shown, "users", user.id()))
            .build();

    /** No password expires, and nobody comes from another identity provider: who asks for such users asks for none. */
    static final ListQuery<Account> LIST = NameFilters.add(ListQuery.of(VIEW), "name")
            .filter("enabled", Filter.truth("enabled"))
            .filter("domain_id", DefaultDomain.FILTER)
            .filter("default_project_id", Filter.text("coalesce(default_project_id, '')"))
            .filter("password_expires_at", Filter.none())
            .filter("idp_id", Filter.none())
            .filter("protocol_id", Filter.none())
            .filter("unique_id", Filter.none())
            .sort("name", "name", Account::name)
            .unique("id", "id", Account::id, Account::id)
            .usually("name", true)
            .build();

    /** Another password, and the one in force. */
    record NewPassword(String original, String password) {}

    private UserWire() {}

    /** Reads a user that is to be made, which needs a name and a password. */
    static UserChange readNew(Fields fields) {
        UserChange said = read(fields);
        fields.text("name", 1, LONGEST_NAME);
        fields.text("password", 1, LONGEST_PASSWORD);
        return said;
    }

    /** Reads what changes of a user. */
    public static UserChange read(Fields fields) {
        fields.onlyKnows(KNOWN);
        DefaultDomain.requireIn(fields);
        fields.refuseValue("options", "must be empty: no resource options are offered");
        return new UserChange(
                Set.copyOf(fields.names()),
                fields.has("name") ? Optional.of(name(fields)) : Optional.empty(),
                fields.optionalText("password", 1, LONGEST_PASSWORD),
                fields.optionalText("default_project_id", 1, 64),
                fields.strictFlag("enabled"),
                fields.optionalText("email", 0, LONGEST_EMAIL),
                fields.optionalText("description", 0, LONGEST_DESCRIPTION));
    }

    static NewPassword readPassword(Fields fields) {
        fields.onlyKnows(Set.of("original_password", "password"));
        return new NewPassword(
                fields.text("original_password", 0, LONGEST_PASSWORD), fields.text("password", 1, LONGEST_PASSWORD));
    }

    private static String name(Fields fields) {
        String name = fields.text("name", 1, LONGEST_NAME);
        if (name.isBlank()) {
            throw fields.refused("name", "must not be empty");
        }
        return name;
    }
}
