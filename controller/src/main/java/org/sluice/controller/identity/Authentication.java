package org.sluice.controller.identity;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
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
    private final PasswordChecks checks;
    private final Directory directory;
    private final IdentityStore store = new IdentityStore();

    /** A new token and the roles it carries. */
    record Granted(Tokens.Issued issued, List<Role> roles) {}

    private record Scoped(Optional<Token.Scope> project, List<Role> roles) {
        static final Scoped NOTHING = new Scoped(Optional.empty(), List.of());

        Set<String> roleNames() {
            return roles.stream().map(Role::name).collect(Collectors.toUnmodifiableSet());
        }
    }

    /** An account, and the revocations' clock when it was read. */
    private record Proven(Account account, long mark) {}

    Authentication(Database database, Tokens tokens, PasswordChecks checks, Directory directory) {
        this.jdbi = requireNonNull(database, "database is null").jdbi();
        this.tokens = requireNonNull(tokens, "tokens is null");
        this.checks = requireNonNull(checks, "checks is null");
        this.directory = requireNonNull(directory, "directory is null");
    }

    /**
     * Issues a token.
     *
     * @throws org.sluice.model.ProblemException 401, always the same, when the proof is wrong, the user or project is
     *     unknown or disabled, or the user has no role in the project; 429 when the peer is locked out, or too many wait
     */
    Granted grant(AuthRequest request, InetAddress peer) {
        return switch (request.proof()) {
            case AuthRequest.Proof.ByPassword proof -> {
                Proven proven = authenticated(proof, peer);
                Account account = proven.account();
                Scoped scoped = jdbi.withHandle(handle -> scope(handle, request.scope(), account));
                yield new Granted(
                        tokens.issue(
                                account.id(),
                                account.name(),
                                scoped.project(),
                                scoped.roleNames(),
                                List.of("password"),
                                proven.mark()),
                        scoped.roles());
            }
            case AuthRequest.Proof.ByToken proof -> {
                Token parent = stillValid(proof.token());
                yield jdbi.withHandle(handle -> {
                    long mark = store.mark(handle);
                    Account account = store.accountById(handle, parent.userId())
                            .filter(Account::enabled)
                            .orElseThrow(() -> refused("the user of the token is gone or disabled"));
                    Scoped scoped = scope(handle, request.scope(), account);
                    return new Granted(
                            tokens.reissue(parent, scoped.project(), scoped.roleNames(), mark), scoped.roles());
                });
            }
        };
    }

    /** The roles that a token names, with their identifiers. */
    List<Role> rolesOf(Token token) {
        return jdbi.withHandle(handle -> store.rolesNamed(handle, token.roles()));
    }

    /** What another controller revoked a moment ago must not buy a token that nothing revokes. */
    private Token stillValid(String text) {
        tokens.read(text);
        tokens.revocations().refresh();
        return tokens.read(text);
    }

    private Proven authenticated(AuthRequest.Proof.ByPassword proof, InetAddress peer) {
        // The mark comes first: a password that is changed while it is checked takes along the token that it bought.
        // No connection is held while the hash is computed: that takes a hundred times as long as the read.
        record Read(long mark, Optional<Account> account) {}
        Read read = jdbi.withHandle(handle -> new Read(store.mark(handle), account(handle, proof.user())));
        LogInSource source =
                LogInSource.of(peer, read.account().map(Account::id).orElseGet(() -> named(proof.user())));
        if (!checks.matches(source, proof.password(), read.account().map(Account::passwordHash))) {
            throw refused("there is no such user, or the password is wrong");
        }
        Account account = read.account().filter(Account::enabled).orElseThrow(() -> refused("the user is disabled"));
        if (checks.isOutdated(account.passwordHash())) {
            directory.rehash(account, proof.password(), source);
        }
        return new Proven(account, read.mark());
    }

    private Optional<Account> account(Handle handle, AuthRequest.Reference reference) {
        return switch (reference) {
            case AuthRequest.Reference.ById user -> store.accountById(handle, user.id());
            case AuthRequest.Reference.ByName user ->
                user.inDefaultDomain() ? store.accountByName(handle, user.name()) : Optional.empty();
        };
    }

    private static String named(AuthRequest.Reference reference) {
        return switch (reference) {
            case AuthRequest.Reference.ById user -> user.id();
            case AuthRequest.Reference.ByName user -> user.name();
        };
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
