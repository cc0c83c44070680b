package org.sluice.controller.identity;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.sluice.controller.store.Database;

/** Decides who gets which token. Thread-safe. */
final class Authentication {
    private final Jdbi jdbi;
    private final Tokens tokens;
    private final Passwords passwords;
    private final IdentityStore store = new IdentityStore();

    /** A new token and the roles it carries. */
    record Granted(Tokens.Issued issued, List<Role> roles) {}

    private record Scoped(Optional<Token.Scope> project, List<Role> roles) {
        static final Scoped NOTHING = new Scoped(Optional.empty(), List.of());

        Set<String> roleNames() {
            return roles.stream().map(Role::name).collect(Collectors.toUnmodifiableSet());
        }
    }

    Authentication(Database database, Tokens tokens, Passwords passwords) {
        this.jdbi = requireNonNull(database, "database is null").jdbi();
        this.tokens = requireNonNull(tokens, "tokens is null");
        this.passwords = requireNonNull(passwords, "passwords is null");
    }

    /**
     * Issues a token.
     *
     * @throws org.sluice.model.ProblemException 401, always the same, when the proof is wrong, the user or project is
     *     unknown or disabled, or the user has no role in the project
     */
    Granted grant(AuthRequest request) {
        return switch (request.proof()) {
            case AuthRequest.Proof.ByPassword proof -> {
                Account account = authenticated(proof);
                Scoped scoped = jdbi.withHandle(handle -> scope(handle, request.scope(), account));
                yield new Granted(
                        tokens.issue(
                                account.id(),
                                account.name(),
                                scoped.project(),
                                scoped.roleNames(),
                                List.of("password")),
                        scoped.roles());
            }
            case AuthRequest.Proof.ByToken proof -> {
                Token parent = tokens.read(proof.token());
                Scoped scoped = jdbi.withHandle(handle -> {
                    Account account = store.accountById(handle, parent.userId())
                            .filter(Account::enabled)
                            .orElseThrow(() -> refused("the user of the token is gone or disabled"));
                    return scope(handle, request.scope(), account);
                });
                yield new Granted(tokens.reissue(parent, scoped.project(), scoped.roleNames()), scoped.roles());
            }
        };
    }

    /** The roles that a token names, with their identifiers. */
    List<Role> rolesOf(Token token) {
        return jdbi.withHandle(store::roles).stream()
                .filter(role -> token.roles().contains(role.name()))
                .toList();
    }

    private Account authenticated(AuthRequest.Proof.ByPassword proof) {
        // No connection is held while the hash is computed: that takes a hundred times as long as the read.
        Optional<Account> account = jdbi.withHandle(handle -> switch (proof.user()) {
            case AuthRequest.Reference.ById user -> store.accountById(handle, user.id());
            case AuthRequest.Reference.ByName user ->
                user.inDefaultDomain() ? store.accountByName(handle, user.name()) : Optional.empty();
        });
        if (account.isEmpty()) {
            passwords.refuseSlowly(proof.password());
            throw refused("there is no such user");
        }
        if (!passwords.matches(proof.password(), account.get().passwordHash())) {
            throw refused("the password is wrong");
        }
        return account.filter(Account::enabled).orElseThrow(() -> refused("the user is disabled"));
    }

    private Scoped scope(Handle handle, AuthRequest.Scope wanted, Account account) {
        return switch (wanted) {
            case AuthRequest.Scope.Unscoped _ -> Scoped.NOTHING;
            case AuthRequest.Scope.Elsewhere _ -> throw refused("only projects can be a scope");
            case AuthRequest.Scope.Unsaid _ ->
                account.defaultProjectId()
                        .flatMap(id -> store.projectById(handle, id))
                        .flatMap(project -> within(handle, project, account))
                        .orElse(Scoped.NOTHING);
            case AuthRequest.Scope.ToProject scope ->
                find(handle, scope.project())
                        .flatMap(project -> within(handle, project, account))
                        .orElseThrow(
                                () -> refused("the project is unknown or disabled, or the user has no role in it"));
        };
    }

    private Optional<Project> find(Handle handle, AuthRequest.Reference reference) {
        return switch (reference) {
            case AuthRequest.Reference.ById project -> store.projectById(handle, project.id());
            case AuthRequest.Reference.ByName project ->
                project.inDefaultDomain() ? store.projectByName(handle, project.name()) : Optional.empty();
        };
    }

    private Optional<Scoped> within(Handle handle, Project project, Account account) {
        if (!project.enabled()) {
            return Optional.empty();
        }
        List<Role> roles = store.effectiveRoles(handle, account.id(), project.id());
        return roles.isEmpty()
                ? Optional.empty()
                : Optional.of(new Scoped(Optional.of(new Token.Scope(project.id(), project.name())), roles));
    }

    private static RuntimeException refused(String why) {
        return Tokens.unauthenticated(new IllegalArgumentException(why));
    }
}
