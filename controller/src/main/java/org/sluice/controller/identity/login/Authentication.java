package org.sluice.controller.identity.login;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.identity.assignment.AssignmentStore;
import org.sluice.controller.identity.assignment.Place;
import org.sluice.controller.identity.password.LogInSource;
import org.sluice.controller.identity.password.PasswordChecks;
import org.sluice.controller.identity.project.Project;
import org.sluice.controller.identity.project.ProjectStore;
import org.sluice.controller.identity.role.Role;
import org.sluice.controller.identity.role.RoleStore;
import org.sluice.controller.identity.token.Revocations;
import org.sluice.controller.identity.token.Token;
import org.sluice.controller.identity.token.Tokens;
import org.sluice.controller.identity.user.Account;
import org.sluice.controller.identity.user.UserStore;
import org.sluice.controller.identity.user.Users;
import org.sluice.controller.identity.wire.DefaultDomain;
import org.sluice.controller.policy.Scope;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;

/** Decides who gets which token. Thread-safe. */
public final class Authentication {
    private final Transactions transactions;
    private final Tokens tokens;
    private final PasswordChecks checks;
    private final Users users;
    private final UserStore accounts = new UserStore();
    private final ProjectStore projects = new ProjectStore();
    private final RoleStore roles = new RoleStore();
    private final AssignmentStore assignments = new AssignmentStore();
    /** By name. They are few, and fixed: a role is neither renamed nor deleted. */
    private final Map<String, Role> knownRoles = new ConcurrentHashMap<>();

    /** A new token and the roles it carries. */
    public record Granted(Tokens.Issued issued, List<Role> roles) {}

    private record Scoped(Scope scope, List<Role> roles) {
        static final Scoped NOTHING = new Scoped(new Scope.Nothing(), List.of());

        Set<String> roleNames() {
            return roles.stream().map(Role::name).collect(Collectors.toUnmodifiableSet());
        }
    }

    /** An account, and the revocations' clock when it was read. */
    private record Proven(Account account, long mark) {}

    public Authentication(Database database, Tokens tokens, PasswordChecks checks, Users users) {
        this.transactions =
                new Transactions(requireNonNull(database, "database is null").jdbi());
        this.tokens = requireNonNull(tokens, "tokens is null");
        this.checks = requireNonNull(checks, "checks is null");
        this.users = requireNonNull(users, "users is null");
    }

    /**
     * Issues a token.
     *
     * @throws org.sluice.model.ProblemException 401, always the same, when the proof is wrong, the user or project is
     *     unknown or disabled, or the user has no role where the token shall be good; 429 when the peer is locked out, or too
     *     many wait
     */
    public Granted grant(AuthRequest request, InetAddress peer) {
        return switch (request.proof()) {
            case AuthRequest.Proof.ByPassword proof -> {
                Proven proven = authenticated(proof, peer);
                Account account = proven.account();
                Scoped scoped = transactions.run(handle -> scope(handle, request.wanted(), account));
                yield new Granted(
                        tokens.issue(
                                account.id(),
                                account.name(),
                                scoped.scope(),
                                scoped.roleNames(),
                                List.of("password"),
                                proven.mark()),
                        scoped.roles());
            }
            case AuthRequest.Proof.ByToken proof -> {
                Token parent = stillValid(proof.token());
                yield transactions.run(handle -> {
                    long mark = Revocations.mark(handle);
                    Account account = accounts.find(handle, parent.userId())
                            .filter(Account::enabled)
                            .orElseThrow(() -> refused("the user of the token is gone or disabled"));
                    Scoped scoped = scope(handle, request.wanted(), account);
                    return new Granted(
                            tokens.reissue(parent, scoped.scope(), scoped.roleNames(), mark), scoped.roles());
                });
            }
        };
    }

    /** The roles that a token names, with their identifiers. */
    List<Role> rolesOf(Token token) {
        if (!knownRoles.keySet().containsAll(token.roles())) {
            transactions
                    .autocommit(handle -> roles.named(handle, token.roles()))
                    .forEach(role -> knownRoles.put(role.name(), role));
        }
        return token.roles().stream()
                .sorted()
                .map(knownRoles::get)
                .filter(Objects::nonNull)
                .toList();
    }

    /** Whether that user can have a token for the cloud itself. */
    boolean isOnCloud(String userId) {
        return transactions.run(handle ->
                !assignments.effectiveRoles(handle, userId, new Place.OfCloud()).isEmpty());
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
        Read read = transactions.run(handle -> new Read(Revocations.mark(handle), account(handle, proof.user())));
        LogInSource source =
                LogInSource.of(peer, read.account().map(Account::id).orElseGet(() -> named(proof.user())));
        if (!checks.matches(source, proof.password(), read.account().map(Account::passwordHash))) {
            throw refused("there is no such user, or the password is wrong");
        }
        Account account = read.account().filter(Account::enabled).orElseThrow(() -> refused("the user is disabled"));
        if (checks.isOutdated(account.passwordHash())) {
            users.rehash(account, proof.password(), source);
        }
        return new Proven(account, read.mark());
    }

    private Optional<Account> account(Handle handle, AuthRequest.Reference reference) {
        return switch (reference) {
            case AuthRequest.Reference.ById user ->
                accounts.find(handle, user.id()).filter(account -> isTrueOf(account.name(), user));
            case AuthRequest.Reference.ByName user ->
                user.inDefaultDomain() ? accounts.findNamed(handle, user.name()) : Optional.empty();
        };
    }

    private static boolean isTrueOf(String name, AuthRequest.Reference.ById reference) {
        return reference.inDefaultDomain() && reference.name().map(name::equals).orElse(true);
    }

    private static String named(AuthRequest.Reference reference) {
        return switch (reference) {
            case AuthRequest.Reference.ById user -> user.id();
            case AuthRequest.Reference.ByName user -> user.name();
        };
    }

    private Scoped scope(Handle handle, AuthRequest.Wanted wanted, Account account) {
        return switch (wanted) {
            case AuthRequest.Wanted.Unscoped _ -> Scoped.NOTHING;
            case AuthRequest.Wanted.Elsewhere _ ->
                throw refused("only projects, the domain and the system can be a scope");
            case AuthRequest.Wanted.Unsaid _ ->
                account.defaultProjectId()
                        .flatMap(id -> projects.find(handle, id))
                        .flatMap(project -> within(handle, project, account))
                        .orElse(Scoped.NOTHING);
            case AuthRequest.Wanted.ToProject scope ->
                find(handle, scope.project())
                        .flatMap(project -> within(handle, project, account))
                        .orElseThrow(
                                () -> refused("the project is unknown or disabled, or the user has no role in it"));
            case AuthRequest.Wanted.ToDomain scope ->
                Optional.of(new Scope.Domain(DefaultDomain.ID))
                        .filter(domain -> scope.isOurs())
                        .flatMap(domain -> within(handle, domain, new Place.OfDomain(), account))
                        .orElseThrow(() -> refused("the domain is unknown, or the user has no role in it"));
            case AuthRequest.Wanted.ToCloud _ ->
                within(handle, new Scope.Cloud(), new Place.OfCloud(), account)
                        .orElseThrow(() -> refused("the user has no role on the system"));
        };
    }

    private Optional<Project> find(Handle handle, AuthRequest.Reference reference) {
        return switch (reference) {
            case AuthRequest.Reference.ById id ->
                projects.find(handle, id.id()).filter(project -> isTrueOf(project.name(), id));
            case AuthRequest.Reference.ByName project ->
                project.inDefaultDomain() ? projects.findNamed(handle, project.name()) : Optional.empty();
        };
    }

    private Optional<Scoped> within(Handle handle, Project project, Account account) {
        return project.enabled()
                ? within(
                        handle,
                        new Scope.Project(project.id(), project.name()),
                        new Place.OfProject(project.id()),
                        account)
                : Optional.empty();
    }

    private Optional<Scoped> within(Handle handle, Scope scope, Place place, Account account) {
        List<Role> had = assignments.effectiveRoles(handle, account.id(), place);
        return had.isEmpty() ? Optional.empty() : Optional.of(new Scoped(scope, had));
    }

    private static RuntimeException refused(String why) {
        return Tokens.unauthenticated(new IllegalArgumentException(why));
    }
}
