package org.sluice.controller.identity.token;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.policy.Scope;

/**
 * What a token says.
 *
 * @param userId the user, 32 hexadecimal digits
 * @param userName the user's name when it was issued
 * @param scope what it is good for
 * @param roles names of the roles within that scope, implied ones included
 * @param methods how the user proved who it is: {@code password}, {@code token}
 * @param auditIds its own audit id, then that of the first token of its chain
 * @param issuedAt whole seconds
 * @param expiresAt whole seconds
 * @param marks when its claims were read, by the revocations' clock
 */
public record Token(
        String userId,
        String userName,
        Scope scope,
        Set<String> roles,
        List<String> methods,
        List<String> auditIds,
        Instant issuedAt,
        Instant expiresAt,
        Marks marks) {
    /**
     * When a token's claims were read, by the revocations' clock ({@link Revocations}).
     *
     * @param proof when the user proved who it is; a token bought with a token has this from the first of its chain
     * @param scope when the roles were read
     */
    public record Marks(long proof, long scope) {
        /** Both read at once. */
        public static Marks of(long both) {
            return new Marks(both, both);
        }
    }

    public Token {
        roles = Set.copyOf(roles);
        methods = List.copyOf(methods);
        auditIds = List.copyOf(auditIds);
    }

    /** The caller it speaks for. An unscoped token has no role, so it may read nothing of anyone. */
    public Caller caller() {
        return new Caller(userId, userName, scope, roles);
    }
}
