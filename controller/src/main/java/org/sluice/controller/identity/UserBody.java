package org.sluice.controller.identity;

import java.util.Optional;
import java.util.Set;
import org.sluice.model.ProblemException;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a request says of a user; what it does not say stays as it is.
 *
 * @param said the members that were there; one that is null takes the value away
 */
record UserBody(
        Set<String> said,
        Optional<String> name,
        Optional<String> password,
        Optional<String> defaultProjectId,
        Optional<Boolean> enabled,
        Optional<String> email,
        Optional<String> description) {
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_EMAIL = 254;

    private static final Set<String> KNOWN =
            Set.of("name", "password", "default_project_id", "enabled", "email", "description", "domain_id", "options");

    /**
     * Reads the member {@code user} of a request.
     *
     * @throws ProblemException 400 naming the member that is wrong or not known; 404 for another domain
     */
    static UserBody parse(ObjectNode json) {
        IdentityRules.requireKnown(json, "user", KNOWN);
        IdentityRules.requireDefaultDomain(json);
        IdentityRules.requireNoOptions(json);
        return new UserBody(
                Set.copyOf(json.propertyNames()),
                json.has("name") ? Optional.of(IdentityRules.name(json, LONGEST_NAME)) : Optional.empty(),
                IdentityRules.password(json, "password"),
                IdentityRules.optionalText(json, "default_project_id"),
                IdentityRules.optionalFlag(json, "enabled"),
                IdentityRules.optionalText(json, "email", LONGEST_EMAIL),
                IdentityRules.optionalText(json, "description", IdentityRules.LONGEST_DESCRIPTION));
    }

    /** The user that a request makes. */
    Account create(String id, String passwordHash) {
        return new Account(
                id,
                name.orElseThrow(() -> IdentityRules.invalid("name", "is a required property")),
                passwordHash,
                defaultProjectId,
                enabled.orElse(true),
                email,
                description);
    }

    /** The user as a request leaves it; the password is the caller's business. */
    Account appliedTo(Account before) {
        return new Account(
                before.id(),
                name.orElse(before.name()),
                before.passwordHash(),
                said.contains("default_project_id") ? defaultProjectId : before.defaultProjectId(),
                enabled.orElse(before.enabled()),
                said.contains("email") ? email : before.email(),
                said.contains("description") ? description : before.description());
    }

    /** Whether tokens of the user die of it. */
    boolean endsTokens() {
        return password.isPresent() || !enabled.orElse(true);
    }
}
