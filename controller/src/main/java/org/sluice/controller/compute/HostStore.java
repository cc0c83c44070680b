package org.sluice.controller.compute;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import org.sluice.model.HostId;

/** Hosts in SQL, as the Compute API's operator views need them. Stateless; callers own the transaction. */
final class HostStore {
    private static final String SELECT = """
            select h.id, h.number, h.name, coalesce(z.zone, 'nova') as zone, h.enabled, h.disabled_reason, h.enrolled_at,
                   h.last_seen_at, host(h.address) as address, h.hypervisor_type, h.hypervisor_version, h.cpu_architecture, h.vcpus_total,
                   h.vcpus_used, h.memory_mib_total, h.memory_mib_used, h.disk_gib_total, h.disk_gib_used,
                   coalesce(s.servers, 0) as servers
            from host h
            left join (select m.host_id, min(a.availability_zone) as zone
                       from aggregate_host m join aggregate a on a.id = m.aggregate_id
                       where a.availability_zone is not null group by m.host_id) z on z.host_id = h.id
            left join (select host_id, count(*) as servers from server where host_id is not null group by host_id) s
                   on s.host_id = h.id""";

    /** All hosts by number. */
    List<HostRow> list(Handle handle) {
        return handle.createQuery(SELECT + " order by h.number")
                .map(HostStore::read)
                .list();
    }

    Optional<HostRow> find(Handle handle, HostId id) {
        return one(handle, "h.id = :key", id.value());
    }

    Optional<HostRow> findByName(Handle handle, String name) {
        return one(handle, "h.name = :key", name);
    }

    Optional<HostRow> findByNumber(Handle handle, int number) {
        return one(handle, "h.number = :key", number);
    }

    private static Optional<HostRow> one(Handle handle, String condition, Object key) {
        return handle.createQuery(SELECT + " where " + condition)
                .bind("key", key)
                .map(HostStore::read)
                .findOne();
    }

    /** Opens or closes a host for new servers. */
    void setEnabled(Handle handle, HostId id, boolean enabled, @Nullable String reason) {
        handle.createUpdate("update host set enabled = :enabled, disabled_reason = :reason where id = :id")
                .bind("id", id.value())
                .bind("enabled", enabled)
                .bind("reason", reason)
                .execute();
    }

    /** Whether an aggregate makes that zone. */
    boolean hasZone(Handle handle, String zone) {
        return handle.createQuery("select exists (select 1 from aggregate where availability_zone = :zone)")
                .bind("zone", zone)
                .mapTo(Boolean.class)
                .one();
    }

    /** A server, as hypervisors list theirs. */
    record Guest(UUID host, UUID server, String instanceName) {}

    List<Guest> guests(Handle handle) {
        return handle.createQuery("select host_id, id, number from server where host_id is not null order by number")
                .map((row, context) -> new Guest(
                        Columns.uuid(row, "host_id"),
                        Columns.uuid(row, "id"),
                        ServerRow.instanceName(row.getLong("number"))))
                .list();
    }

    private static HostRow read(ResultSet row, StatementContext context) throws SQLException {
        Instant seen = Columns.instantOrNull(row, "last_seen_at");
        return new HostRow(
                new HostId(Columns.uuid(row, "id")),
                row.getInt("number"),
                row.getString("name"),
                row.getString("zone"),
                row.getBoolean("enabled"),
                row.getString("disabled_reason"),
                seen == null ? Columns.instant(row, "enrolled_at") : seen,
                seen,
                row.getString("address"),
                row.getString("hypervisor_type"),
                row.getInt("hypervisor_version"),
                row.getString("cpu_architecture"),
                row.getInt("vcpus_total"),
                row.getInt("vcpus_used"),
                row.getInt("memory_mib_total"),
                row.getInt("memory_mib_used"),
                row.getInt("disk_gib_total"),
                row.getInt("disk_gib_used"),
                row.getInt("servers"));
    }
}
