package org.sluice.controller.scheduling;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.model.ServerId;

/**
 * The servers that no host takes now, and that one which is just coming back may take: a row each, with the time until when it waits.
 * Thread-safe; the caller owns the transaction.
 */
final class WaitingServers {
    private final ServerRequests requests;

    WaitingServers(ServerRequests requests) {
        this.requests = requests;
    }

    /**
     * A server that waits, held until the transaction ends.
     *
     * @param isOver whether it has waited for as long as it may
     */
    record Waiting(ServerRequest request, boolean isOver) {}

    void add(Handle handle, ServerId server, Duration patience) {
        handle.createUpdate("""
                        insert into waiting_server (server_id, until)
                        values (:server, now() + make_interval(secs => :patience))""")
                .bind("server", server.value())
                .bind("patience", patience.toMillis() / 1e3)
                .execute();
    }

    /** It has a host, or is told that it gets none. */
    void remove(Handle handle, ServerId server) {
        handle.createUpdate("delete from waiting_server where server_id = :server")
                .bind("server", server.value())
                .execute();
    }

    /** Some of them, in the order of their ids; those that somebody is changing are passed over. */
    List<Waiting> hold(Handle handle, Optional<ServerId> after, int most) {
        Map<ServerId, Boolean> over = new LinkedHashMap<>();
        handle.createQuery("""
                        select w.server_id, w.until < now() as over
                        from waiting_server w join server s on s.id = w.server_id
                        where w.server_id > coalesce(cast(:after as uuid), '00000000-0000-0000-0000-000000000000')
                        order by w.server_id limit :most for update skip locked""")
                .bind("after", after.map(ServerId::toString).orElse(null))
                .bind("most", most)
                .map((row, _) ->
                        Map.entry(new ServerId(row.getObject("server_id", UUID.class)), row.getBoolean("over")))
                .forEach(waiting -> over.put(waiting.getKey(), waiting.getValue()));
        return requests.of(handle, over.keySet()).stream()
                .map(request -> new Waiting(request, over.getOrDefault(request.server(), false)))
                .toList();
    }
}
