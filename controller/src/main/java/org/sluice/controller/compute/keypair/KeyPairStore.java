package org.sluice.controller.compute.keypair;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.sluice.controller.http.list.Window;

/** Key pairs in SQL. Stateless; callers own the transaction. */
public final class KeyPairStore {
    private static final String SELECT =
            "select number, user_id, name, type, fingerprint, public_key, created_at from keypair where user_id = :user";

    /** That key pair of that user. */
    public Optional<KeyPair> find(Handle handle, String userId, String name) {
        return handle.createQuery(SELECT + " and name = :name")
                .bind("user", userId)
                .bind("name", name)
                .map(KeyPairStore::read)
                .findOne();
    }

    List<KeyPair> list(Handle handle, String userId, Window window) {
        return window.list(handle.createQuery(SELECT + window.sql()).bind("user", userId), KeyPairStore::read);
    }

    /** Inserts it unless the user has one of that name. */
    Optional<KeyPair> insert(
            Handle handle, String userId, String name, String fingerprint, String publicKey, Instant now) {
        return handle.createQuery("""
                        insert into keypair (user_id, name, type, fingerprint, public_key, created_at)
                        values (:user, :name, 'ssh', :fingerprint, :key, :now)
                        on conflict (user_id, name) do nothing
                        returning number, user_id, name, type, fingerprint, public_key, created_at""")
                .bind("user", userId)
                .bind("name", name)
                .bind("fingerprint", fingerprint)
                .bind("key", publicKey)
                .bind("now", OffsetDateTime.ofInstant(now, ZoneOffset.UTC))
                .map(KeyPairStore::read)
                .findOne();
    }

    boolean delete(Handle handle, String userId, String name) {
        return handle.createUpdate("delete from keypair where user_id = :user and name = :name")
                        .bind("user", userId)
                        .bind("name", name)
                        .execute()
                == 1;
    }

    private static KeyPair read(ResultSet row, StatementContext context) throws SQLException {
        return new KeyPair(
                row.getLong("number"),
                row.getString("user_id"),
                row.getString("name"),
                row.getString("type"),
                row.getString("fingerprint"),
                row.getString("public_key"),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }
}
