package org.sluice.controller.compute;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/** Key pairs in SQL. Stateless; callers own the transaction. */
final class KeyPairStore {
    private static final String COLUMNS = "number, user_id, name, type, fingerprint, public_key, created_at";

    Optional<KeyPair> find(Handle handle, String userId, String name) {
        return handle.createQuery("select " + COLUMNS + " from keypair where user_id = :user and name = :name")
                .bind("user", userId)
                .bind("name", name)
                .map(KeyPairStore::read)
                .findOne();
    }

    /** A user's key pairs by name, those after the marker. */
    List<KeyPair> list(Handle handle, String userId, Page page) {
        return handle.createQuery("select " + COLUMNS
                        + " from keypair where user_id = :user and name > :marker order by name limit :limit")
                .bind("user", userId)
                .bind("marker", page.marker().orElse(""))
                .bind("limit", page.limit())
                .map(KeyPairStore::read)
                .list();
    }

    /** Inserts it unless the user has one of that name; whether it did. */
    boolean insert(Handle handle, String userId, String name, String fingerprint, String publicKey, Instant now) {
        return handle.createUpdate("""
                        insert into keypair (user_id, name, type, fingerprint, public_key, created_at)
                        values (:user, :name, 'ssh', :fingerprint, :key, :now)
                        on conflict (user_id, name) do nothing""")
                        .bind("user", userId)
                        .bind("name", name)
                        .bind("fingerprint", fingerprint)
                        .bind("key", publicKey)
                        .bind("now", OffsetDateTime.ofInstant(now, ZoneOffset.UTC))
                        .execute()
                == 1;
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
