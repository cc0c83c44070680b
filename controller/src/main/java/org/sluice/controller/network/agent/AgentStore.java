package org.sluice.controller.network.agent;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.sluice.controller.http.list.Window;
import org.sluice.controller.http.view.RawJson;

/** Agents in SQL: one a host. Stateless; callers own the transaction. */
final class AgentStore {
    private static final String SELECT = """
            select * from (
                select h.id, h.name as host, h.enabled, h.disabled_reason as description, h.enrolled_at,
                    coalesce(h.last_seen_at, h.enrolled_at) as heartbeat,
                    h.forced_down_at is null and coalesce(h.last_seen_at >= :upSince, false) as alive,
                    jsonb_build_object(
                        'interface_mappings',
                        (select coalesce(jsonb_object_agg(u.physical_network, u.interface), '{}')
                         from bridge_uplink u where u.host_id = h.id),
                        'device_mappings',
                        (select coalesce(jsonb_object_agg(f.physical_network, f.names), '{}')
                         from (select physical_network, jsonb_agg(name order by name) as names from physical_function
                               where host_id = h.id and physical_network is not null group by physical_network) f),
                        'devices',
                        (select count(*) from port_binding b where b.host_id = h.id)) as configurations
                from host h) a
            where true
            """;

    /** The agents of a window; those heard of at {@code upSince} or later are alive. */
    List<Agent> list(Handle handle, Instant upSince, Window window) {
        return window.list(
                handle.createQuery(SELECT + window.sql()).bind("upSince", upSince.atOffset(ZoneOffset.UTC)),
                AgentStore::read);
    }

    Optional<Agent> find(Handle handle, Instant upSince, UUID id) {
        return handle.createQuery(SELECT + " and a.id = :id")
                .bind("upSince", upSince.atOffset(ZoneOffset.UTC))
                .bind("id", id)
                .map(AgentStore::read)
                .findOne();
    }

    private static Agent read(ResultSet row, StatementContext context) throws SQLException {
        return new Agent(
                row.getObject("id", UUID.class),
                row.getString("host"),
                row.getBoolean("enabled"),
                Optional.ofNullable(row.getString("description")),
                row.getObject("enrolled_at", OffsetDateTime.class).toInstant(),
                row.getObject("heartbeat", OffsetDateTime.class).toInstant(),
                row.getBoolean("alive"),
                new RawJson(row.getString("configurations")));
    }
}
