package org.sluice.controller.identity.bootstrap;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.identity.password.Passwords;
import org.sluice.controller.identity.token.Revocations;
import org.sluice.controller.identity.wire.IdentityIds;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Origin;
import org.sluice.controller.store.Transactions;

/**
 * The way back in for whoever owns the database: the user, the project and the role {@code admin} are made to be there and
 * enabled again, whatever became of them through the API. Plain SQL of the columns that this is about, so that what else is
 * known of the user stays. Stateless.
 */
public final class AdminAccess {
    /** The name of user, project and role. */
    public static final String NAME = "admin";

    private AdminAccess() {}

    /** The id of the project, if it has not been deleted. */
    public static Optional<String> project(Handle handle) {
        return handle.createQuery("select id from project where name = :name")
                .bind("name", NAME)
                .mapTo(String.class)
                .findOne();
    }

    /**
     * Gives the user {@code admin} this password, enables it and its project, and gives it the admin role there. The tokens
     * that it has end, as with every change of a password.
     *
     * @param origin who does it, for the audit log
     */
    public static void restore(
            Database database, Passwords passwords, InstantSource clock, String password, Origin origin) {
        String hash = passwords.hash(requireNonNull(password, "password is null"));
        Revocations revocations = new Revocations(database, clock);
        Transactions transactions = new Transactions(database.jdbi());
        String _ = origin.during(() -> transactions.run(handle -> {
            long at = Revocations.begin(handle);
            String account = restore(handle, hash);
            revocations.revoke(handle, at, new Revocations.Subject.OfAccount(account));
            return account;
        }));
    }

    private static String restore(Handle handle, String hash) {
        handle.execute("select pg_advisory_xact_lock(hashtext('sluice identity bootstrap'))");
        handle.createUpdate("insert into role (id, name) values (:id, :name) on conflict (name) do nothing")
                .bind("id", IdentityIds.next())
                .bind("name", NAME)
                .execute();
        handle.createUpdate("""
                        insert into project (id, name, enabled) values (:id, :name, true)
                        on conflict (name) do update set enabled = true""")
                .bind("id", IdentityIds.next())
                .bind("name", NAME)
                .execute();
        String account = handle.createQuery("""
                        insert into account (id, name, password_hash, default_project_id, enabled)
                        select :id, :name, :hash, p.id, true from project p where p.name = :name
                        on conflict (name) do update set password_hash = :hash, enabled = true returning id""")
                .bind("id", IdentityIds.next())
                .bind("name", NAME)
                .bind("hash", hash)
                .mapTo(String.class)
                .one();
        handle.createUpdate("""
                        insert into role_assignment (account_id, project_id, role_id)
                        select a.id, p.id, r.id from account a, project p, role r
                        where a.name = :name and p.name = :name and r.name = :name on conflict do nothing""").bind("name", NAME).execute();
        return account;
    }
}
