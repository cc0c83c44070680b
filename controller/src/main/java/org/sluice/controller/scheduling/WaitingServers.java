package org.sluice.controller.scheduling;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.http.Json;
import org.sluice.controller.network.binding.AttachedPort;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.model.Resources;
import org.sluice.model.ServerId;
import tools.jackson.core.type.TypeReference;

/**
 * The servers that no host takes now, and that one which is just coming back may take: a row each, with the time until when it waits.
 * What it needs of a host is what its own row and its ports say. Thread-safe; the caller owns the transaction.
 */
final class WaitingServers {
    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};

    private final ServerPorts serverPorts;

    WaitingServers(ServerPorts serverPorts) {
        this.serverPorts = serverPorts;
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
        List<Waiting> bare = handle.createQuery("""
                        select s.id, s.project_id, s.vcpus, s.memory_mib, s.disk_gib, s.extra_specs, s.image_facts,
                            s.requested_zone, w.until < now() as over
                        from waiting_server w join server s on s.id = w.server_id
                        where w.server_id > coalesce(cast(:after as uuid), '00000000-0000-0000-0000-000000000000')
                        order by w.server_id limit :most for update skip locked""")
                .bind("after", after.map(ServerId::toString).orElse(null))
                .bind("most", most)
                .map((row, _) -> read(row))
                .list();
        Map<ServerId, List<AttachedPort>> ports =
                serverPorts
                        .of(
                                handle,
                                bare.stream()
                                        .map(waiting -> waiting.request().server())
                                        .toList())
                        .stream()
                        .collect(Collectors.groupingBy(AttachedPort::server));
        return bare.stream()
                .map(waiting -> new Waiting(
                        waiting.request()
                                .with(ports.getOrDefault(waiting.request().server(), List.of())),
                        waiting.isOver()))
                .toList();
    }

    private static Waiting read(ResultSet row) throws SQLException {
        return new Waiting(
                new ServerRequest(
                        new ServerId(row.getObject("id", UUID.class)),
                        row.getString("project_id"),
                        new Resources(row.getInt("vcpus"), row.getInt("memory_mib"), row.getInt("disk_gib")),
                        Json.MAPPER.readValue(row.getString("extra_specs"), TEXTS),
                        Json.MAPPER.readValue(row.getString("image_facts"), TEXTS),
                        Optional.ofNullable(row.getString("requested_zone")),
                        List.of()),
                row.getBoolean("over"));
    }
}
