package org.sluice.controller.identity;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sluice.controller.policy.Caller;

/**
 * What a token says.
 *
 * @param userId the user, 32 hexadecimal digits
 * @param userName the user's name when it was issued
 * @param project what it is scoped to, if anything
 * @param roles names of the roles in that project, implied ones included
 * @param methods how the user proved who it is: {@code password}, {@code token}
 * @param auditIds its own audit id, then that of the first token of its chain
 * @param issuedAt whole seconds
 * @param expiresAt whole seconds
 * @param marks when its claims were read, by the revocations' clock
 */
record Token(
        String userId,
        String userName,
        Optional<Scope> project,
        Set<String> roles,
        List<String> methods,
        List<String> auditIds,
        Instant issuedAt,
        Instant expiresAt,
        Marks marks) {
    /** The project of a token. */
    record Scope(String id, String name) {}

    /**
     * When a token's claims were read, by the revocations' clock ({@link Revocations}).
     *
     * @param proof when the user proved who it is; a token bought with a token has this from the first of its chain
     * @param scope when the roles were read
     */
    record Marks(long proof, long scope) {
        static Marks of(long both) {
            return new Marks(both, both);
        }
    }

    Token {
        roles = Set.copyOf(roles);
        methods = List.copyOf(methods);
        auditIds = List.copyOf(auditIds);
    }

    /** The caller it speaks for. An unscoped token has no project and no role, so it may read nothing of anyone. */
    Caller caller() {
        return new Caller(
                userId,
                userName,
                project.map(Scope::id).orElse(""),
                project.map(Scope::name).orElse(""),
                roles);
    }
}
