package org.sluice.controller.network.availability;

import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.list.Window;
import org.sluice.controller.network.address.IpRange;
import org.sluice.controller.policy.RowCondition;
import tools.jackson.databind.JsonNode;

/** Counts addresses in SQL. Stateless; callers own the transaction. */
final class AvailabilityStore {
    private static final String SELECT = """
            select n.id, n.name, n.project_id,
                (select coalesce(jsonb_agg(jsonb_build_object(
                        'id', s.id, 'name', s.name, 'version', s.ip_version, 'cidr', text(s.cidr),
                        'used', (select count(*) from ip_allocation a where a.subnet_id = s.id),
                        'pools', (select coalesce(jsonb_agg(jsonb_build_array(host(p.first), host(p.last))), '[]')
                                  from allocation_pool p where p.subnet_id = s.id))
                    order by s.created_at, s.id), '[]')
                 from subnet s where s.network_id = n.id and s.ip_version = any(:versions)) as subnets
            from network n where
            """;

    /** The networks of a window with their subnets of those IP versions. */
    List<Availability> list(Handle handle, RowCondition seen, List<Integer> versions, Window window) {
        return window.list(
                seen.bind(handle.createQuery(SELECT + seen.sql() + window.sql()))
                        .bindArray("versions", Integer.class, versions),
                AvailabilityStore::read);
    }

    Optional<Availability> find(Handle handle, RowCondition seen, List<Integer> versions, UUID network) {
        return seen.bind(handle.createQuery(SELECT + seen.sql() + " and n.id = :id"))
                .bindArray("versions", Integer.class, versions)
                .bind("id", network)
                .map(AvailabilityStore::read)
                .findOne();
    }

    private static Availability read(ResultSet row, StatementContext context) throws SQLException {
        List<Availability.OfSubnet> subnets = new ArrayList<>();
        for (JsonNode subnet : Json.MAPPER.readTree(row.getString("subnets"))) {
            BigInteger total = BigInteger.ZERO;
            for (JsonNode pool : subnet.path("pools")) {
                total = total.add(
                        IpRange.between(pool.path(0).asString(), pool.path(1).asString())
                                .orElseThrow()
                                .size());
            }
            subnets.add(new Availability.OfSubnet(
                    UUID.fromString(subnet.path("id").asString()),
                    subnet.path("name").asString(),
                    subnet.path("version").asInt(),
                    subnet.path("cidr").asString(),
                    subnet.path("used").asLong(),
                    total));
        }
        return new Availability(
                row.getObject("id", UUID.class), row.getString("name"), row.getString("project_id"), subnets);
    }
}
