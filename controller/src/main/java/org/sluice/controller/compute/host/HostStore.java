package org.sluice.controller.compute.host;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.host.HostDuty;
import org.sluice.controller.http.Ids;
import org.sluice.controller.http.list.Window;
import org.sluice.controller.store.Columns;
import org.sluice.model.HostId;

/** Hosts in SQL, as the Compute API's operator views need them. Stateless; callers own the transaction. */
public final class HostStore {
    private static final String SELECT = """
            select h.id, h.number, h.name, coalesce(z.zone, 'nova') as zone, h.enabled, h.forced_down_at is not null as forced_down,
                   h.disabled_reason, h.enrolled_at,
                   h.last_seen_at, host(h.address) as address, h.hypervisor_type, h.hypervisor_version, h.cpu_architecture, h.vcpus_total,
                   h.vcpus_used, h.memory_mib_total, h.memory_mib_used, h.disk_gib_total, h.disk_gib_used,
                   coalesce(s.servers, 0) as servers
            from host h
            left join host_zone z on z.host_id = h.id
            left join (select host_id, count(*) as servers from server where host_id is not null group by host_id) s
                   on s.host_id = h.id""";

    private static final int BYTES_OF_GUEST = 256;

    /** All hosts by number. */
    public List<HostRow> list(Handle handle) {
        return handle.createQuery(SELECT + " order by h.number")
                .map(HostStore::read)
                .list();
    }

    /** One window of them. */
    public List<HostRow> list(Handle handle, Window window) {
        return window.list(handle.createQuery(SELECT + " where true" + window.sql()), HostStore::read);
    }

    /** One window of hosts whose servers are read after them. */
    public List<HostRow> listForGuests(Handle handle, Window window) {
        return window.list(
                handle.createQuery(SELECT + " where true" + window.sql()),
                HostStore::read,
                row -> row.getLong("servers") * BYTES_OF_GUEST);
    }

    /** The host of that id. */
    public Optional<HostRow> find(Handle handle, HostId id) {
        return one(handle, "h.id = :key", id.value());
    }

    /** The host of that name. */
    public Optional<HostRow> findByName(Handle handle, String name) {
        return one(handle, "h.name = :key", name);
    }

    private Optional<HostRow> findByNumber(Handle handle, int number) {
        return one(handle, "h.number = :key", number);
    }

    /** The host by the id that its hypervisor and service are shown with: from 2.53 on a UUID, before a number. */
    public Optional<HostRow> findShown(Handle handle, String id, boolean asUuid) {
        if (asUuid) {
            return Ids.parse(id).flatMap(uuid -> find(handle, new HostId(uuid)));
        }
        return id.matches("[0-9]{1,9}") ? findByNumber(handle, Integer.parseInt(id)) : Optional.empty();
    }

    private static Optional<HostRow> one(Handle handle, String condition, Object key) {
        return handle.createQuery(SELECT + " where " + condition)
                .bind("key", key)
                .map(HostStore::read)
                .findOne();
    }

    /** Opens or closes a host for new servers. */
    public void setEnabled(Handle handle, HostId id, boolean enabled, @Nullable String reason) {
        HostDuty.enable(handle, id, enabled, reason);
    }

    /** Says that a host is down, whatever its agent says, or takes that back; one that is down already has been so for as long. */
    public void setForcedDown(Handle handle, HostId id, boolean down) {
        HostDuty.forceDown(handle, id, down);
    }

    /** Whether an aggregate makes that zone. */
    public boolean hasZone(Handle handle, String zone) {
        return handle.createQuery("select exists (select 1 from aggregate where availability_zone = :zone)")
                .bind("zone", zone)
                .mapTo(Boolean.class)
                .one();
    }

    /** A server, as hypervisors list theirs. */
    public record Guest(UUID host, UUID server, String instanceName) {}

    /** The servers of those hosts. */
    public List<Guest> guests(Handle handle, Collection<HostId> hosts) {
        return handle.createQuery("select host_id, id, number from server where host_id = any(:hosts) order by number")
                .bindArray(
                        "hosts", UUID.class, hosts.stream().map(HostId::value).toList())
                .map((row, context) -> new Guest(
                        Columns.uuid(row, "host_id"), Columns.uuid(row, "id"), InstanceNames.of(row.getLong("number"))))
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
                row.getBoolean("forced_down"),
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
