package org.sluice.controller.identity;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * Changes users, projects and who has which role. Each change is one transaction, which takes the row it changes and, when
 * it takes something away, revokes the tokens that stand on it; what takes something away happens one after the other, so
 * that of two admins who remove each other one stays. Thread-safe.
 */
final class Directory {
    private final Jdbi jdbi;
    private final Transactions transactions;
    private final Revocations revocations;
    private final PasswordChecks checks;
    private final IdentityStore store = new IdentityStore();

    /** The tokens' revocations, from {@link Tokens#revocations}, are those that are in force on this controller. */
    Directory(Database database, Revocations revocations, PasswordChecks checks) {
        this.jdbi = requireNonNull(database, "database is null").jdbi();
        this.transactions = new Transactions(jdbi);
        this.revocations = requireNonNull(revocations, "revocations is null");
        this.checks = requireNonNull(checks, "checks is null");
    }

    /**
     * Makes a user.
     *
     * @throws ProblemException 400 without name or password, 404 without its default project, 409 when the name is taken
     */
    Account createUser(UserBody body, LogInSource asker) {
        String password =
                body.password().orElseThrow(() -> IdentityRules.invalid("password", "is a required property"));
        // Told before the hash is paid for.
        body.create("", "");
        Account account = body.create(IdentityStore.newId(), checks.hash(asker, password));
        boolean made = transactions.run(handle -> {
            account.defaultProjectId().ifPresent(id -> existingProject(handle, id));
            return store.insertAccount(handle, account);
        });
        if (!made) {
            throw IdentityRules.nameTaken("user", account.name());
        }
        return account;
    }

    /**
     * Changes what the body names of a user, and nothing else.
     *
     * @throws ProblemException 404 without the user or its default project, 409 when the name is taken or nobody would be
     *     left to administer the cloud
     */
    Account updateUser(String id, UserBody body, LogInSource asker) {
        Optional<String> hash = body.password().map(password -> checks.hash(asker, password));
        Function<Handle, Account> change = handle -> {
            Account before = store.lockAccount(handle, id).orElseThrow(() -> IdentityRules.notFound("user", id));
            Account applied = body.appliedTo(before);
            if (body.said().contains("default_project_id")) {
                applied.defaultProjectId().ifPresent(project -> existingProject(handle, project));
            }
            Account after = hash.map(applied::withPasswordHash).orElse(applied);
            store.updateAccount(handle, after);
            return after;
        };
        return uniquely(
                "user",
                body.name(),
                () -> body.endsTokens()
                        ? endingTokens(new Revocations.Subject.OfAccount(id), change)
                        : transactions.run(change));
    }

    /**
     * Deletes a user.
     *
     * @throws ProblemException 404 without it, 409 when nobody would be left to administer the cloud
     */
    void deleteUser(String id) {
        endingTokens(new Revocations.Subject.OfAccount(id), handle -> {
            if (!store.deleteAccount(handle, id)) {
                throw IdentityRules.notFound("user", id);
            }
            return id;
        });
    }

    /**
     * Gives a user who knows its password another one.
     *
     * @throws ProblemException 401 when the original password is wrong, 409 when it was changed meanwhile
     */
    void changePassword(String id, String original, String password, LogInSource asker) {
        Account account = jdbi.withHandle(handle -> existingAccount(handle, id));
        if (!checks.matches(asker, original, Optional.of(account.passwordHash()))) {
            throw Tokens.unauthenticated(new IllegalArgumentException("the original password is wrong"));
        }
        String hash = checks.hash(asker, password);
        endingTokens(new Revocations.Subject.OfAccount(id), handle -> {
            if (!store.replacePasswordHash(handle, id, account.passwordHash(), hash)) {
                throw Problem.of(
                                Problem.Kind.CONFLICT,
                                "Conflict",
                                "The password of user " + id + " was changed meanwhile.")
                        .asException();
            }
            return id;
        });
    }

    /** Keeps the same password under a better hash; a change of the password meanwhile wins. */
    void rehash(Account account, String password, LogInSource asker) {
        String hash = checks.hash(asker, password);
        transactions.run(handle -> store.replacePasswordHash(handle, account.id(), account.passwordHash(), hash));
    }

    /**
     * Makes a project.
     *
     * @throws ProblemException 400 without name, 409 when the name is taken
     */
    Project createProject(ProjectBody body) {
        Project project = body.create(IdentityStore.newId());
        if (!transactions.run(handle -> store.insertProject(handle, project))) {
            throw IdentityRules.nameTaken("project", project.name());
        }
        return project;
    }

    /**
     * Changes what the body names of a project, and nothing else.
     *
     * @throws ProblemException 404 without the project, 409 when the name is taken or nobody would be left to administer the
     *     cloud
     */
    Project updateProject(String id, ProjectBody body) {
        Function<Handle, Project> change = handle -> {
            Project before = store.lockProject(handle, id).orElseThrow(() -> IdentityRules.notFound("project", id));
            Project after = body.appliedTo(before);
            store.updateProject(handle, after);
            return after;
        };
        return uniquely(
                "project",
                body.name(),
                () -> body.endsTokens()
                        ? endingTokens(new Revocations.Subject.OfProject(id), change)
                        : transactions.run(change));
    }

    /**
     * Deletes a project with its role assignments.
     *
     * @throws ProblemException 404 without it, 409 when nobody would be left to administer the cloud
     */
    void deleteProject(String id) {
        endingTokens(new Revocations.Subject.OfProject(id), handle -> {
            if (!store.deleteProject(handle, id)) {
                throw IdentityRules.notFound("project", id);
            }
            return id;
        });
    }

    /**
     * Gives a user a role in a project; one that it has already is no error.
     *
     * @throws ProblemException 404 without one of the three
     */
    void assign(RoleAssignment wanted) {
        transactions.run(handle -> {
            requireParties(handle, wanted);
            return store.assign(handle, wanted);
        });
    }

    /**
     * Takes a role in a project away from a user.
     *
     * @throws ProblemException 404 without one of the three or the assignment, 409 when nobody would be left to administer
     *     the cloud
     */
    void unassign(RoleAssignment unwanted) {
        endingTokens(new Revocations.Subject.OfAccountIn(unwanted.accountId(), unwanted.projectId()), handle -> {
            requireParties(handle, unwanted);
            if (!store.unassign(handle, unwanted)) {
                throw IdentityRules.notFound("role assignment with role", unwanted.roleId());
            }
            return unwanted;
        });
    }

    /** Revokes one token, and no other that was bought with it. */
    void revoke(Token token) {
        transactions.run(handle -> {
            revocations.revoke(
                    handle,
                    Revocations.begin(handle),
                    new Revocations.Subject.OfToken(
                            token.userId(), token.auditIds().getFirst()));
            return token;
        });
        revocations.refresh();
    }

    private <T> T endingTokens(Revocations.Subject subject, Function<Handle, T> change) {
        T result = transactions.run(handle -> {
            long at = Revocations.begin(handle);
            boolean governed = store.hasAdmin(handle);
            T changed = change.apply(handle);
            if (governed && !store.hasAdmin(handle)) {
                throw lastAdmin();
            }
            revocations.revoke(handle, at, subject);
            return changed;
        });
        // Here at once; on the other controllers as the change feed tells them.
        revocations.refresh();
        return result;
    }

    private static ProblemException lastAdmin() {
        return new Problem(
                        Problem.Kind.CONFLICT,
                        "LastAdmin",
                        "This would leave the cloud without an enabled user who has the role admin in an enabled project.",
                        Optional.of("Give another user the role admin first."))
                .asException();
    }

    private static <T> T uniquely(String what, Optional<String> name, java.util.function.Supplier<T> change) {
        try {
            return change.get();
        } catch (JdbiException failure) {
            if (name.isPresent() && Transactions.isUniqueViolation(failure)) {
                throw new ProblemException(
                        IdentityRules.nameTaken(what, name.get()).problem(), failure);
            }
            throw failure;
        }
    }

    private void requireParties(Handle handle, RoleAssignment assignment) {
        existingAccount(handle, assignment.accountId());
        existingProject(handle, assignment.projectId());
        if (store.roleById(handle, assignment.roleId()).isEmpty()) {
            throw IdentityRules.notFound("role", assignment.roleId());
        }
    }

    private Account existingAccount(Handle handle, String id) {
        return store.accountById(handle, id).orElseThrow(() -> IdentityRules.notFound("user", id));
    }

    private void existingProject(Handle handle, String id) {
        if (store.projectById(handle, id).isEmpty()) {
            throw IdentityRules.notFound("project", id);
        }
    }
}
