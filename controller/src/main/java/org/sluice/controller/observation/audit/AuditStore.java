package org.sluice.controller.observation.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.StatementContext;
import org.sluice.controller.http.list.Window;

/** Audit events in SQL; what was changed is written by triggers (V13). Stateless; callers own the transaction. */
final class AuditStore {
    private static final String SELECT = """
            select id, at, outcome, status, request_id, global_request_id, user_id, user_name, project_id, peer, action,
                operation, resource_type, resource_id, cast(before as text) as before, cast(after as text) as after
            from audit_event where true""";

    List<AuditEvent> list(Handle handle, Window window) {
        return window.list(handle.createQuery(SELECT + window.sql()), AuditStore::read);
    }

    Optional<AuditEvent> find(Handle handle, long number) {
        return handle.createQuery(SELECT + " and id = :id")
                .bind("id", number)
                .map(AuditStore::read)
                .findOne();
    }

    void refused(Handle handle, List<Refused> refusals) {
        PreparedBatch batch = handle.prepareBatch("""
                insert into audit_event (at, outcome, status, request_id, global_request_id, user_id, user_name,
                    project_id, peer, action)
                values (:at, 'refused', :status, :request, :global, :user, :name, :project, :peer, :action)""");
        for (Refused refused : refusals) {
            batch.bind("at", refused.at())
                    .bind("status", refused.status())
                    .bind("request", refused.origin().requestId())
                    .bind("global", refused.origin().globalRequestId())
                    .bind("user", refused.origin().userId())
                    .bind("name", refused.origin().userName())
                    .bind("project", refused.origin().projectId())
                    .bind("peer", refused.origin().peer())
                    .bind("action", refused.origin().action())
                    .add();
        }
        batch.execute();
    }

    /** Makes room for the months to come and drops those that are older than that; how many it dropped. */
    int keep(Handle handle, Duration age) {
        return handle.createQuery("select audit_keep(make_interval(secs => :seconds))")
                .bind("seconds", age.toSeconds())
                .mapTo(Integer.class)
                .one();
    }

    private static AuditEvent read(ResultSet row, StatementContext context) throws SQLException {
        return new AuditEvent(
                row.getLong("id"),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("outcome"),
                Optional.ofNullable(row.getObject("status", Integer.class)),
                row.getString("request_id"),
                row.getString("global_request_id"),
                row.getString("user_id"),
                row.getString("user_name"),
                row.getString("project_id"),
                row.getString("peer"),
                row.getString("action"),
                row.getString("operation"),
                row.getString("resource_type"),
                row.getString("resource_id"),
                Optional.ofNullable(row.getString("before")),
                Optional.ofNullable(row.getString("after")));
    }
}
