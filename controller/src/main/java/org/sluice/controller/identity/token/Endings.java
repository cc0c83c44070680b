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
     * @throws ProblemException 409 when the cloud could be administered less than before, see {@link Reach}
     */
    public <T> T with(Revocations.Subject subject, Function<Handle, T> change) {
        T result = transactions.run(handle -> {
            long at = Revocations.begin(handle);
            T changed = keepingReach(handle, change);
            revocations.revoke(handle, at, subject);
            return changed;
        });
        // Here at once; on the other controllers as the change feed tells them.
        revocations.refresh();
        return result;
    }

    /** As {@link #with}, for a change of which no tokens die, such as another name. */
    public <T> T withoutEnding(Function<Handle, T> change) {
        return transactions.run(handle -> {
            long _ = Revocations.begin(handle);
            return keepingReach(handle, change);
        });
    }

    private static <T> T keepingReach(Handle handle, Function<Handle, T> change) {
        Reach before = reach(handle);
        T changed = change.apply(handle);
        if (reach(handle).compareTo(before) < 0) {
            throw lastAdmin(before);
        }
        return changed;
    }

    /** Revokes one token, and no other that was bought with it. */
    public void revoke(Token token) {
        transactions.use(handle -> revocations.revoke(handle, Revocations.begin(handle), token));
        revocations.refresh();
    }

    /**
     * Where an enabled user has the role admin, the least useful first: openrc, clouds.yaml and the commands of sluice log in to
     * the project {@code admin}, other clients to some project, and few to the system. What the cloud once had, it keeps.
     */
    public enum Reach {
        NOWHERE("nowhere"),
        SYSTEM("on the system"),
        SOME_PROJECT("in an enabled project"),
        PROJECT_ADMIN("in the project admin, to which openrc and the commands of sluice log in");

        private final String words;

        Reach(String words) {
            this.words = words;
        }
    }

    /** How far the role admin reaches now. */
    public static Reach reach(Handle handle) {
        int reach = handle.createQuery("""
                        select coalesce(max(reach), 0) from (
                            select case p.name when 'admin' then 3 else 2 end as reach
                              from role_assignment a join role r on r.id = a.role_id
                              join account u on u.id = a.account_id join project p on p.id = a.project_id
                             where r.name = 'admin' and u.enabled and p.enabled
                            union all
                            select 1 from cloud_assignment a join role r on r.id = a.role_id
                              join account u on u.id = a.account_id
                             where a.scope = 'system' and r.name = 'admin' and u.enabled) reached""").mapTo(Integer.class).one();
        return Reach.values()[reach];
    }

    private static ProblemException lastAdmin(Reach before) {
        return new Problem(
                        Problem.Kind.CONFLICT,
                        "LastAdmin",
                        "This would leave no enabled user with the role admin " + before.words + ".",
                        Optional.of("Give another user the role admin there first"
                                + (before == Reach.PROJECT_ADMIN
                                        ? "; that project stays, enabled and by that name."
                                        : ".")))
                .asException();
    }
}
