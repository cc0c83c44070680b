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
    /** The action that the entity of a request named, {@code forceDelete}; empty for a route without actions. */
    static final String NAMED_ACTION = "split_part(action, ' ', 3)";

    private static final int MOST_NEAR = 10_000;

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

    private static final String TYPES = "select distinct cast(cast(tgrelid as regclass) as text) from pg_trigger"
            + " where tgname in ('audit_rows', 'audit_updates')";

    /** The types of which events are written. */
    List<String> types(Handle handle) {
        return handle.createQuery(TYPES).mapTo(String.class).list();
    }

    /** Whether there is a user of that id or name, or one did something of late. */
    boolean isUser(Handle handle, String named) {
        return handle.createQuery("select exists (select from account where id = :named or name = :named)"
                        + " or exists (select from (select user_id, user_name from audit_event order by id desc limit :most)"
                        + " newest where user_id = :named or user_name = :named)")
                .bind("named", named)
                .bind("most", MOST_NEAR)
                .mapTo(Boolean.class)
                .one();
    }

    /** The names of users, so many as one may be near to. */
    List<String> users(Handle handle) {
        return handle.createQuery("select name from account order by name limit :most")
                .bind("most", MOST_NEAR)
                .mapTo(String.class)
                .list();
    }

    /** The actions of the newest events. */
    List<String> actions(Handle handle) {
        return handle.createQuery("select distinct named from (select " + NAMED_ACTION
                        + " as named from audit_event order by id desc limit :most) newest where named <> ''")
                .bind("most", MOST_NEAR)
                .mapTo(String.class)
                .list();
    }

    void refused(Handle handle, List<Refused> refusals) {
        List<String> types = types(handle);
        PreparedBatch batch = handle.prepareBatch("""
                insert into audit_event (at, outcome, status, request_id, global_request_id, user_id, user_name,
                    project_id, peer, action, operation, resource_type, resource_id)
                values (:at, 'refused', :status, :request, :global, :user, :name, :project, :peer, :action,
                    :operation, :type, :resource)""");
        for (Refused refused : refusals) {
            Refused.Thing thing = refused.thing();
            // Of a type that nobody can ask for an event says less than nothing.
            String type = AuditWire.type(thing.type());
            boolean isAudited = types.contains(type);
            batch.bind("at", refused.at())
                    .bind("status", refused.status())
                    .bind("request", refused.origin().requestId())
                    .bind("global", refused.origin().globalRequestId())
                    .bind("user", refused.origin().userId())
                    .bind("name", refused.origin().userName())
                    .bind("project", refused.origin().projectId())
                    .bind("peer", refused.origin().peer())
                    .bind("action", refused.origin().action())
                    .bind("operation", isAudited ? thing.operation() : "")
                    .bind("type", isAudited ? type : "")
                    .bind("resource", isAudited ? thing.id() : "")
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
