package org.sluice.controller.identity.user;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.sluice.controller.identity.password.LogInSource;
import org.sluice.controller.identity.password.PasswordChecks;
import org.sluice.controller.identity.project.ProjectStore;
import org.sluice.controller.identity.token.Endings;
import org.sluice.controller.identity.token.Revocations;
import org.sluice.controller.identity.token.Tokens;
import org.sluice.controller.identity.wire.IdentityIds;
import org.sluice.controller.identity.wire.IdentityProblems;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * Changes users. Each change is one transaction, which takes the row it changes and, when it takes something away, revokes the
 * tokens that stand on it. Thread-safe.
 */
public final class Users {
    private final Transactions transactions;
    private final Endings endings;
    private final PasswordChecks checks;
    private final UserStore store = new UserStore();
    private final ProjectStore projects = new ProjectStore();

    public Users(Database database, Endings endings, PasswordChecks checks) {
        this.transactions =
                new Transactions(requireNonNull(database, "database is null").jdbi());
        this.endings = requireNonNull(endings, "endings is null");
        this.checks = requireNonNull(checks, "checks is null");
    }

    /**
     * Makes a user of a name and a password.
     *
     * @throws ProblemException 404 without its default project, 409 when the name is taken
     */
    public Account create(UserChange wanted, LogInSource asker) {
        String hash = checks.hash(asker, wanted.password().orElseThrow());
        Account account = wanted.appliedTo(new Account(
                IdentityIds.next(),
                wanted.name().orElseThrow(),
                hash,
                Optional.empty(),
                true,
                Optional.empty(),
                Optional.empty()));
        boolean made = transactions.run(handle -> {
            account.defaultProjectId().ifPresent(id -> projects.require(handle, id));
            return store.insert(handle, account);
        });
        if (!made) {
            throw IdentityProblems.nameTaken("user", account.name());
        }
        return account;
    }

    /**
     * Changes what is said of a user, and nothing else.
     *
     * @throws ProblemException 404 without the user or its default project, 409 when the name is taken or the cloud would lose
     *     an administrator that it needs ({@link Endings.Reach})
     */
    public Account update(String id, UserChange said, LogInSource asker) {
        Optional<String> hash = said.password().map(password -> checks.hash(asker, password));
        Function<Handle, Account> change = handle -> {
            Account before = store.lock(handle, id).orElseThrow(() -> IdentityProblems.notFound("user", id));
            Account applied = said.appliedTo(before);
            if (said.said().contains("default_project_id")) {
                applied.defaultProjectId().ifPresent(project -> projects.require(handle, project));
            }
            Account after = hash.map(applied::withPasswordHash).orElse(applied);
            store.update(handle, after);
            return after;
        };
        try {
            return said.endsTokens()
                    ? endings.with(new Revocations.Subject.OfAccount(id), change)
                    : transactions.run(change);
        } catch (JdbiException failure) {
            if (said.name().isPresent() && Transactions.isUniqueViolation(failure)) {
                throw new ProblemException(
                        IdentityProblems.nameTaken("user", said.name().get()).problem(), failure);
            }
            throw failure;
        }
    }

    /**
     * Deletes a user.
     *
     * @throws ProblemException 404 without it, 409 when the cloud would lose an administrator that it needs
     */
    public void delete(String id) {
        endings.with(new Revocations.Subject.OfAccount(id), handle -> {
            if (!store.delete(handle, id)) {
                throw IdentityProblems.notFound("user", id);
            }
            store.deleteKeys(handle, id);
            return id;
        });
    }

    /**
     * Gives a user another password, asked by somebody who shows to know the one in force and nothing else.
     *
     * @throws ProblemException 401, always the same, when it is wrong, or the user is unknown or disabled; 409 when it was
     *     changed meanwhile
     */
    public void changePassword(String id, String original, String password, LogInSource asker) {
        Optional<Account> known = transactions.autocommit(handle -> store.find(handle, id));
        if (!checks.matches(asker, original, known.map(Account::passwordHash))) {
            throw Tokens.unauthenticated(
                    new IllegalArgumentException("there is no such user, or the original password is wrong"));
        }
        Account account = known.filter(Account::enabled)
                .orElseThrow(() -> Tokens.unauthenticated(new IllegalArgumentException("the user is disabled")));
        String hash = checks.hash(asker, password);
        endings.with(new Revocations.Subject.OfAccount(id), handle -> {
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
    public void rehash(Account account, String password, LogInSource asker) {
        String hash = checks.hash(asker, password);
        transactions.run(handle -> store.replacePasswordHash(handle, account.id(), account.passwordHash(), hash));
    }
}
