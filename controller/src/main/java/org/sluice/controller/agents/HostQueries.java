package org.sluice.controller.agents;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.http.Json;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.StorableText;
import org.sluice.model.HostId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DriverRefusal;
import org.sluice.model.protocol.HostQuery;
import org.sluice.model.protocol.RefusalQuery;
import tools.jackson.core.type.TypeReference;

/** The questions that wait for a host's answer. Stateless; the caller owns the transaction. */
final class HostQueries {
    /** What a controller asked that was killed meanwhile is left out after a minute. */
    private static final String OPEN = """
            select id, kind, server_id, lines, card, request_id, global_request_id from host_query
            where host_id = :host and answered_at is null and created_at > now() - interval '1 minute'""";

    private static final String REFUSALS = "refusals";
    private static final String FORGET_REFUSALS = "forget_refusals";
    private static final TypeReference<List<DriverRefusal>> REFUSALS_OF_DRIVERS = new TypeReference<>() {};

    /** One topic a host, not a question: topics are kept for ever. */
    static String topic(HostId host) {
        return "queries:" + host;
    }

    /** Asks for a console; the table knows by itself for which request the handle's transaction is. */
    void askConsole(Handle handle, HostId host, UUID query, ServerId server, int lines) {
        handle.createUpdate("""
                        insert into host_query (id, host_id, server_id, lines)
                        values (:id, :host, :server, :lines)""")
                .bind("id", query)
                .bind("host", host.value())
                .bind("server", server.value())
                .bind("lines", lines)
                .execute();
    }

    /** Asks for what drivers refused, or has it forgotten; {@code card} empty for all kinds of cards. */
    void askRefusals(Handle handle, HostId host, UUID query, boolean forgets, Optional<String> card) {
        handle.createUpdate("""
                        insert into host_query (id, host_id, kind, card)
                        values (:id, :host, :kind, :card)""")
                .bind("id", query)
                .bind("host", host.value())
                .bind("kind", forgets ? FORGET_REFUSALS : REFUSALS)
                .bind("card", card.orElse(null))
                .execute();
    }

    /** Consoles without an answer. */
    List<HostQuery> open(Handle handle, HostId host) {
        return handle.createQuery(OPEN + " and kind = 'console' order by created_at, id")
                .bind("host", host.value())
                .map((row, _) -> new HostQuery(
                        row.getObject("id", UUID.class),
                        new ServerId(row.getObject("server_id", UUID.class)),
                        row.getInt("lines"),
                        Optional.ofNullable(row.getString("request_id")),
                        Optional.ofNullable(row.getString("global_request_id"))))
                .list();
    }

    /** Questions for refusals without an answer. */
    List<RefusalQuery> openRefusals(Handle handle, HostId host) {
        return handle.createQuery(OPEN + " and kind <> 'console' order by created_at, id")
                .bind("host", host.value())
                .map((row, _) -> new RefusalQuery(
                        row.getObject("id", UUID.class),
                        row.getString("kind").equals(FORGET_REFUSALS),
                        Optional.ofNullable(row.getString("card")),
                        Optional.ofNullable(row.getString("request_id")),
                        Optional.ofNullable(row.getString("global_request_id"))))
                .list();
    }

    void answer(Handle handle, HostId host, HostQuery.Answer answer) {
        int taken = handle.createUpdate("""
                        update host_query set answer = :text, refusals = :refusals, answered_at = now()
                        where id = :id and host_id = :host and answered_at is null""")
                .bind("id", answer.id())
                .bind("host", host.value())
                .bind("text", StorableText.of(answer.text()))
                .bind("refusals", Json.MAPPER.writeValueAsString(answer.refusals()))
                .execute();
        if (taken == 1) {
            ChangeFeed.announce(handle, topic(host));
        }
    }

    Optional<HostQuery.Answer> answerOf(Handle handle, UUID id) {
        return handle.createQuery("select answer, refusals from host_query where id = :id and answered_at is not null")
                .bind("id", id)
                .map((row, _) -> new HostQuery.Answer(
                        id,
                        row.getString("answer"),
                        Json.MAPPER.readValue(row.getString("refusals"), REFUSALS_OF_DRIVERS)))
                .findOne();
    }

    /** Drops a question that is answered or given up. */
    void drop(Handle handle, UUID id) {
        handle.createUpdate("delete from host_query where id = :id")
                .bind("id", id)
                .execute();
    }
}
