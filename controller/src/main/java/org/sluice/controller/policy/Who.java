package org.sluice.controller.policy;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The groups of people that rules speak of, each a base rule of its own which an operator may override. The roles are those of
 * OpenStack's "Consistent and Secure Default RBAC": each of admin, manager, member and reader may do what the next one may.
 */
public enum Who {
    /** Whoever has a valid token, scoped or not. */
    ANYONE("@", "Everybody with a valid token."),
    /** The one place that says what an admin is: the role, whatever the project. */
    ADMIN("role:admin", "Operators of the cloud: everybody with the role admin, in any project or on the system."),
    /** Another service of the cloud, or an operator. */
    SERVICE_OR_ADMIN("role:service or rule:admin", "Services that join the cloud, and operators."),
    /** May look at everything of the cloud. */
    SYSTEM_READER(
            "(role:reader or role:member or role:manager) and system_scope:all or rule:admin",
            "Everybody with a role on the system, and operators."),
    /** May look at what is the project's. */
    PROJECT_READER(
            "(role:reader or role:member or role:manager) and project_id:%(project_id)s or rule:admin",
            "Readers, members and managers of the project, and operators."),
    /** May change what is the project's. */
    PROJECT_MEMBER(
            "(role:member or role:manager) and project_id:%(project_id)s or rule:admin",
            "Members and managers of the project, and operators."),
    /** May change what concerns the whole project. */
    PROJECT_MANAGER(
            "role:manager and project_id:%(project_id)s or rule:admin", "Managers of the project, and operators."),
    /** The user whom the thing belongs to. */
    OWNER("user_id:%(user_id)s or rule:admin", "The user whom it belongs to, and operators.");

    private final String definition;
    private final String sentence;

    Who(String definition, String sentence) {
        this.definition = definition;
        this.sentence = sentence;
    }

    /** The base rule's name: {@code project_member}. */
    public String ruleName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** How other rules refer to it: {@code rule:project_member}. */
    public String check() {
        return "rule:" + ruleName();
    }

    /** The names of all base rules. */
    public static Set<String> names() {
        return Arrays.stream(values()).map(Who::ruleName).collect(Collectors.toUnmodifiableSet());
    }

    /** The base rule itself. */
    public Rule rule() {
        return Rule.of(ruleName(), definition, sentence);
    }
}
