package org.sluice.controller.scheduling;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
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

/** What servers that are in the books need of a host: their own rows and ports say it. Thread-safe; the caller owns the transaction. */
final class ServerRequests {
    /** Extra specs and image facts as the books have them. */
    static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};

    private final ServerPorts serverPorts;

    ServerRequests(ServerPorts serverPorts) {
        this.serverPorts = serverPorts;
    }

    /** Those of these servers that are there, in the order of their ids. */
    List<ServerRequest> of(Handle handle, Collection<ServerId> servers) {
        Map<ServerId, List<AttachedPort>> ports =
                serverPorts.of(handle, servers).stream().collect(Collectors.groupingBy(AttachedPort::server));
        return handle.createQuery("""
                        select id, project_id, vcpus, memory_mib, disk_gib, extra_specs, image_facts, requested_zone
                        from server where id = any(:servers) order by id""")
                .bindArray(
                        "servers",
                        UUID.class,
                        servers.stream().map(ServerId::value).toList())
                .map((row, _) -> read(row, ports))
                .list();
    }

    private static ServerRequest read(ResultSet row, Map<ServerId, List<AttachedPort>> ports) throws SQLException {
        ServerId server = new ServerId(row.getObject("id", UUID.class));
        return new ServerRequest(
                server,
                row.getString("project_id"),
                new Resources(row.getInt("vcpus"), row.getInt("memory_mib"), row.getInt("disk_gib")),
                Json.MAPPER.readValue(row.getString("extra_specs"), TEXTS),
                Json.MAPPER.readValue(row.getString("image_facts"), TEXTS),
                Optional.ofNullable(row.getString("requested_zone")),
                ports.getOrDefault(server, List.of()));
    }
}
