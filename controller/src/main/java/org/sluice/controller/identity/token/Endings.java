package org.sluice.controller.identity.token;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * Changes that take something away, and the tokens that stand on it with it. They happen one after the other, so that of two
 * admins who remove each other one stays. Thread-safe.
 */
public final class Endings {
    private final Transactions transactions;
    private final Revocations revocations;

    /** The tokens' revocations, from {@link Tokens#revocations}, are those that are in force on this controller. */
    public Endings(Database database, Revocations revocations) {
        this.transactions =
                new Transactions(requireNonNull(database, "database is null").jdbi());
        this.revocations = requireNonNull(revocations, "revocations is null");
    }

    /**
     * Makes the change and revokes the subject's tokens, in one transaction.
     *
     * @throws ProblemException 409 when nobody would be left to administer the cloud
     */
    public <T> T with(Revocations.Subject subject, Function<Handle, T> change) {
        T result = transactions.run(handle -> {
            long at = Revocations.begin(handle);
            boolean governed = hasAdmin(handle);
            T changed = change.apply(handle);
            if (governed && !hasAdmin(handle)) {
                throw lastAdmin();
            }
            revocations.revoke(handle, at, subject);
            return changed;
        });
        // Here at once; on the other controllers as the change feed tells them.
        revocations.refresh();
        return result;
    }

    /** Revokes one token, and no other that was bought with it. */
    public void revoke(Token token) {
        transactions.use(handle -> revocations.revoke(
                handle,
                Revocations.begin(handle),
                new Revocations.Subject.OfToken(token.userId(), token.auditIds().getFirst())));
        revocations.refresh();
    }

    /** Whether anybody can administer the cloud: an enabled user with the role admin on it, or in an enabled project. */
    public static boolean hasAdmin(Handle handle) {
        return handle.createQuery("""
                        select exists (select 1 from role_assignment a join role r on r.id = a.role_id
                                       join account u on u.id = a.account_id join project p on p.id = a.project_id
                                       where r.name = 'admin' and u.enabled and p.enabled)
                            or exists (select 1 from cloud_assignment a join role r on r.id = a.role_id
                                       join account u on u.id = a.account_id
                                       where a.scope = 'system' and r.name = 'admin' and u.enabled)""").mapTo(Boolean.class).one();
    }

    private static ProblemException lastAdmin() {
        return new Problem(
                        Problem.Kind.CONFLICT,
                        "LastAdmin",
                        "This would leave the cloud without an enabled user who has the role admin on the system or in an"
                                + " enabled project.",
                        Optional.of("Give another user the role admin first."))
                .asException();
    }
}
