package org.sluice.controller.server;

import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.store.StorableText;
import org.sluice.model.ServerId;

/**
 * The record of what was asked of servers: {@code os-instance-actions}. It goes with its server. Stateless; the caller owns the
 * transaction.
 */
public final class ServerActions {
    /** How many records of a server are kept, the newest; older ones stay until somebody trims them. */
    public static final int MOST = 1000;

    /** The request that asks, and for whom. */
    public record Asker(String requestId, String userId, String projectId) {}

    /** Something was asked for and is under way. */
    public void begin(Handle handle, ServerId server, String action, Asker asker) {
        insert(handle, server, action, asker, false);
    }

    /**
     * One of the server's NICs is to come or go: that is under way beside all else, and has an end of its own
     * ({@link #finish(Handle, long, Optional)}).
     *
     * @return names the record
     */
    public long beginAside(Handle handle, ServerId server, String action, Asker asker) {
        return insert(handle, server, action, asker, false);
    }

    private static long insert(Handle handle, ServerId server, String action, Asker asker, boolean isDone) {
        return handle.createQuery("""
                        insert into server_action (server_id, action, request_id, user_id, project_id, finished_at)
                        values (:server, :action, :request, :user, :project, case when :done then now() end)
                        returning id""")
                .bind("done", isDone)
                .bind("server", server.value())
                .bind("action", action)
                .bind("request", asker.requestId())
                .bind("user", asker.userId())
                .bind("project", asker.projectId())
                .mapTo(Long.class)
                .one();
    }

    /**
     * Deletes what that server has beyond the newest {@value #MOST}.
     *
     * @return how many
     */
    public int trim(Handle handle, ServerId server) {
        return handle.createUpdate("""
                        delete from server_action where id in (
                            select id from server_action where server_id = :server order by id desc offset :most)""")
                .bind("server", server.value())
                .bind("most", MOST)
                .execute();
    }

    /** Something was asked for and is done; what else is under way stays so. */
    public void done(Handle handle, ServerId server, String action, Asker asker) {
        insert(handle, server, action, asker, true);
    }

    /** What was begun aside is over; with a message when it did not come to its end. */
    public void finish(Handle handle, long action, Optional<String> failure) {
        handle.createUpdate("update server_action set finished_at = now(), failure = :failure where id = :action")
                .bind("action", action)
                .bind("failure", failure.map(StorableText::of).orElse(null))
                .execute();
    }

    /** Whatever was under way is over, but for what was begun aside; with a message when it did not come to its end. */
    void finish(Handle handle, ServerId server, Optional<String> failure) {
        handle.createUpdate("""
                        update server_action set finished_at = now(), failure = :failure
                        where server_id = :server and finished_at is null and id not in (
                            select action_id from interface_change where server_id = :server and action_id is not null)""")
                .bind("server", server.value())
                .bind("failure", failure.orElse(null))
                .execute();
    }
}
