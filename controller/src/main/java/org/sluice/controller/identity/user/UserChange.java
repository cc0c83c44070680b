package org.sluice.controller.identity.user;

import java.util.Optional;
import java.util.Set;

/**
 * What a request says of a user; what it does not say stays as it is.
 *
 * @param said the members that were there; one that is null takes the value away
 */
public record UserChange(
        Set<String> said,
        Optional<String> name,
        Optional<String> password,
        Optional<String> defaultProjectId,
        Optional<Boolean> enabled,
        Optional<String> email,
        Optional<String> description) {
    public UserChange {
        said = Set.copyOf(said);
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
