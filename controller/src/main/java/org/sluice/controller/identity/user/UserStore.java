package org.sluice.controller.identity.user;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.Update;
import org.sluice.controller.http.list.Window;
import org.sluice.controller.policy.RowCondition;

/** Users in SQL. Stateless; callers own the transaction. */
public final class UserStore {
    private static final String SELECT =
            "select id, name, password_hash, default_project_id, enabled, email, description from account where true";

    /** The user of that identifier. */
    public Optional<Account> find(Handle handle, String id) {
        return handle.createQuery(SELECT + " and id = :id")
                .bind("id", id)
                .map(UserStore::read)
                .findOne();
    }

    /** The user of that name. */
    public Optional<Account> findNamed(Handle handle, String name) {
        return handle.createQuery(SELECT + " and name = :name")
                .bind("name", name)
                .map(UserStore::read)
                .findOne();
    }

    /** As {@link #find}; nobody else changes the row until the handle's transaction ends. */
    Optional<Account> lock(Handle handle, String id) {
        return handle.createQuery(SELECT + " and id = :id for update")
                .bind("id", id)
                .map(UserStore::read)
                .findOne();
    }

    List<Account> list(Handle handle, RowCondition seen, Window window) {
        return window.list(
                seen.bind(handle.createQuery(SELECT + " and " + seen.sql() + window.sql())), UserStore::read);
    }

    /** Whether there is any user. */
    public boolean hasAny(Handle handle) {
        return handle.createQuery("select exists (select 1 from account)")
                .mapTo(Boolean.class)
                .one();
    }

    /** Returns whether the name was free. */
    public boolean insert(Handle handle, Account account) {
        return bound(account, handle.createUpdate("""
                        insert into account (id, name, password_hash, default_project_id, enabled, email, description)
                        values (:id, :name, :hash, :project, :enabled, :email, :description)
                        on conflict (name) do nothing""")).execute() == 1;
    }

    void update(Handle handle, Account account) {
        bound(account, handle.createUpdate("""
                        update account set name = :name, password_hash = :hash, default_project_id = :project,
                            enabled = :enabled, email = :email, description = :description
                        where id = :id""")).execute();
    }

    /** Returns whether the hash was still the one expected. */
    boolean replacePasswordHash(Handle handle, String id, String expected, String hash) {
        return handle.createUpdate(
                                "update account set password_hash = :hash where id = :id and password_hash = :expected")
                        .bind("id", id)
                        .bind("expected", expected)
                        .bind("hash", hash)
                        .execute()
                == 1;
    }

    /** The key pairs of a user who is no more: a user of the same id would be another one. */
    void deleteKeys(Handle handle, String id) {
        handle.createUpdate("delete from keypair where user_id = :id")
                .bind("id", id)
                .execute();
    }

    boolean delete(Handle handle, String id) {
        return handle.createUpdate("delete from account where id = :id")
                        .bind("id", id)
                        .execute()
                == 1;
    }

    private static Update bound(Account account, Update update) {
        return update.bind("id", account.id())
                .bind("name", account.name())
                .bind("hash", account.passwordHash())
                .bind("project", account.defaultProjectId().orElse(null))
                .bind("enabled", account.enabled())
                .bind("email", account.email().orElse(null))
                .bind("description", account.description().orElse(null));
    }

    private static Account read(ResultSet row, StatementContext context) throws SQLException {
        return new Account(
                row.getString("id"),
                row.getString("name"),
                row.getString("password_hash"),
                Optional.ofNullable(row.getString("default_project_id")),
                row.getBoolean("enabled"),
                Optional.ofNullable(row.getString("email")),
                Optional.ofNullable(row.getString("description")));
    }
}
