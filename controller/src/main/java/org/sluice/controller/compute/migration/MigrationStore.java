package org.sluice.controller.compute.migration;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.sluice.controller.http.list.Window;
import org.sluice.controller.store.Columns;

/** The record of servers that moved, in SQL; {@link org.sluice.controller.server.Migrations} keeps it. Stateless. */
final class MigrationStore {
    private static final String SELECT = """
            select m.id, m.uuid, m.server_id, m.type, m.status, m.source, m.dest, m.user_id, m.project_id, m.created_at,
                m.updated_at from migration m where true""";

    List<Migration> list(Handle handle, Window window) {
        return window.list(handle.createQuery(SELECT + window.sql()), MigrationStore::read);
    }

    Optional<Migration> find(Handle handle, UUID uuid) {
        return handle.createQuery(SELECT + " and m.uuid = :uuid")
                .bind("uuid", uuid)
                .map(MigrationStore::read)
                .findOne();
    }

    private static Migration read(ResultSet row, StatementContext context) throws SQLException {
        return new Migration(
                row.getLong("id"),
                row.getString("uuid"),
                row.getString("server_id"),
                row.getString("type"),
                row.getString("status"),
                row.getString("source"),
                row.getString("dest"),
                row.getString("user_id"),
                row.getString("project_id"),
                Columns.instant(row, "created_at"),
                Columns.instant(row, "updated_at"));
    }
}
