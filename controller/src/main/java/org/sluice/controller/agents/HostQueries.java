package org.sluice.controller.agents;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.StorableText;
import org.sluice.model.HostId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.HostQuery;

/** The questions that wait for a host's answer. Stateless; the caller owns the transaction. */
final class HostQueries {
    /** One topic a host, not a question: topics are kept for ever. */
    static String topic(HostId host) {
        return "queries:" + host;
    }

    /** Asks; the table knows by itself for which request the handle's transaction is. */
    void ask(Handle handle, HostId host, UUID query, ServerId server, int lines) {
        handle.createUpdate("""
                        insert into host_query (id, host_id, server_id, lines)
                        values (:id, :host, :server, :lines)""")
                .bind("id", query)
                .bind("host", host.value())
                .bind("server", server.value())
                .bind("lines", lines)
                .execute();
    }

    /** Those without an answer; what a controller asked that was killed meanwhile is left out after a minute. */
    List<HostQuery> open(Handle handle, HostId host) {
        return handle.createQuery("""
                        select id, server_id, lines, request_id, global_request_id from host_query
                        where host_id = :host and answered_at is null and created_at > now() - interval '1 minute'
                        order by created_at, id""")
                .bind("host", host.value())
                .map((row, _) -> new HostQuery(
                        row.getObject("id", UUID.class),
                        new ServerId(row.getObject("server_id", UUID.class)),
                        row.getInt("lines"),
                        Optional.ofNullable(row.getString("request_id")),
                        Optional.ofNullable(row.getString("global_request_id"))))
                .list();
    }

    void answer(Handle handle, HostId host, HostQuery.Answer answer) {
        int taken = handle.createUpdate("""
                        update host_query set answer = :text, answered_at = now()
                        where id = :id and host_id = :host and answered_at is null""")
                .bind("id", answer.id())
                .bind("host", host.value())
                .bind("text", StorableText.of(answer.text()))
                .execute();
        if (taken == 1) {
            ChangeFeed.announce(handle, topic(host));
        }
    }

    Optional<String> answerOf(Handle handle, UUID id) {
        return handle.createQuery("select answer from host_query where id = :id and answered_at is not null")
                .bind("id", id)
                .mapTo(String.class)
                .findOne();
    }

    /** Drops a question that is answered or given up. */
    void drop(Handle handle, UUID id) {
        handle.createUpdate("delete from host_query where id = :id")
                .bind("id", id)
                .execute();
    }
}
