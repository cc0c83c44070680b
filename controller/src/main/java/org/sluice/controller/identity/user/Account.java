package org.sluice.controller.identity.user;

import java.util.Optional;

/**
 * A user as the database has it. Every user is of the domain {@code Default}.
 *
 * @param id 32 hexadecimal digits
 * @param name unique
 * @param passwordHash as {@code Passwords.hash} made it
 * @param defaultProjectId the project of tokens that ask for no scope
 * @param enabled whether it may get tokens
 * @param email whatever was said
 * @param description whatever was said
 */
public record Account(
        String id,
        String name,
        String passwordHash,
        Optional<String> defaultProjectId,
        boolean enabled,
        Optional<String> email,
        Optional<String> description) {
    /** The same user with another password. */
    public Account withPasswordHash(String hash) {
        return new Account(id, name, hash, defaultProjectId, enabled, email, description);
    }
}
