package org.sluice.controller.compute.instanceaction;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.sluice.controller.http.list.Window;
import org.sluice.controller.store.Columns;
import org.sluice.model.ServerId;

/** The record of what was asked of servers, in SQL; {@link org.sluice.controller.server.ServerActions} keeps it. Stateless. */
final class InstanceActionStore {
    private static final String SELECT = """
            select a.id, a.server_id, a.action, a.request_id, a.user_id, a.project_id, a.started_at, a.finished_at, a.failure
            from server_action a where a.server_id = :server""";

    List<InstanceAction> list(Handle handle, ServerId server, Window window) {
        return window.list(
                handle.createQuery(SELECT + window.sql()).bind("server", server.value()), InstanceActionStore::read);
    }

    /** The newest of that request: a client may name several the same. */
    Optional<InstanceAction> find(Handle handle, ServerId server, String requestId) {
        return handle.createQuery(SELECT + " and a.request_id = :request order by a.id desc limit 1")
                .bind("server", server.value())
                .bind("request", requestId)
                .map(InstanceActionStore::read)
                .findOne();
    }

    private static InstanceAction read(ResultSet row, StatementContext context) throws SQLException {
        return new InstanceAction(
                row.getLong("id"),
                row.getString("server_id"),
                row.getString("action"),
                row.getString("request_id"),
                row.getString("user_id"),
                row.getString("project_id"),
                Columns.instant(row, "started_at"),
                Optional.ofNullable(Columns.instantOrNull(row, "finished_at")),
                Optional.ofNullable(row.getString("failure")));
    }
}
