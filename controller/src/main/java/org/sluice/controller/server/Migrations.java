package org.sluice.controller.server;

import org.jdbi.v3.core.Handle;
import org.sluice.model.HostId;
import org.sluice.model.ServerId;

/**
 * The record of servers that moved, in SQL: {@code os-migrations}. Of each server the newest {@value #MOST} are kept. Stateless; the
 * caller owns the transaction.
 */
public final class Migrations {
    /** How many of a server are kept. */
    public static final int MOST = 100;

    private static final String OPEN = "where server_id = :server and status in ('migrating', 'finished')";

    /** The move of {@code :server} has failed, if it is not over; in a batch with what else ends with it. */
    static final String FAIL = "update migration set status = 'error', updated_at = now() " + OPEN + ";\n";

    /** What has become of a move, as the books and Nova name it. */
    public enum Status {
        MIGRATING("migrating"),
        /** It runs there, and somebody is to decide. */
        FINISHED("finished"),
        CONFIRMED("confirmed"),
        REVERTED("reverted"),
        /** It could not be done, or the server went meanwhile. */
        ERROR("error");

        private final String text;

        Status(String text) {
            this.text = text;
        }
    }

    /** Why a server moves. */
    public enum Type {
        /** An operator asked for that. */
        MIGRATION("migration"),
        /** Its host had no room for its new flavor. */
        RESIZE("resize");

        private final String text;

        Type(String text) {
            this.text = text;
        }
    }

    /** A server is on its way. */
    public void begin(
            Handle handle, ServerId server, Type type, HostId source, HostId destination, ServerActions.Asker asker) {
        handle.createUpdate("""
                        delete from migration where server_id = :server and id in (
                            select id from migration where server_id = :server order by id desc offset :kept);
                        insert into migration (server_id, type, source, dest, user_id, project_id)
                        select :server, :type, s.name, d.name, :user, :project from host s, host d
                        where s.id = :source and d.id = :destination""")
                .bind("kept", MOST - 1)
                .bind("server", server.value())
                .bind("type", type.text)
                .bind("source", source.value())
                .bind("destination", destination.value())
                .bind("user", asker.userId())
                .bind("project", asker.projectId())
                .execute();
    }

    /** That has become of the server's newest move, if it is not over. */
    public void become(Handle handle, ServerId server, Status status) {
        handle.createUpdate(
                        "update migration set status = :status, updated_at = now() " + OPEN + " and status <> :status")
                .bind("server", server.value())
                .bind("status", status.text)
                .execute();
    }
}
