package org.sluice.controller.compute.aggregate;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.compute.wire.TextMap;
import org.sluice.controller.http.list.Window;
import org.sluice.controller.store.Columns;
import org.sluice.model.HostId;

/** Aggregates in SQL. Stateless; callers own the transaction. */
final class AggregateStore {
    private static final String SELECT = """
            select a.id, a.uuid, a.name, a.availability_zone, a.metadata::text as metadata, a.created_at, a.updated_at,
                   array(select h.name from aggregate_host m join host h on h.id = m.host_id
                         where m.aggregate_id = a.id order by h.name) as hosts
            from aggregate a""";

    List<Aggregate> list(Handle handle, Window window) {
        return window.list(handle.createQuery(SELECT + " where true" + window.sql()), AggregateStore::read);
    }

    Optional<Aggregate> find(Handle handle, int id) {
        return handle.createQuery(SELECT + " where a.id = :id")
                .bind("id", id)
                .map(AggregateStore::read)
                .findOne();
    }

    /** Inserts one without hosts; empty when the name is taken. */
    Optional<Integer> insert(Handle handle, String name, @Nullable String zone, Instant now) {
        return handle.createQuery("""
                        insert into aggregate (name, availability_zone, created_at) values (:name, :zone, :now)
                        on conflict (name) do nothing returning id""")
                .bind("name", name)
                .bind("zone", zone)
                .bind("now", OffsetDateTime.ofInstant(now, ZoneOffset.UTC))
                .mapTo(Integer.class)
                .findOne();
    }

    /**
     * Locks all aggregates, so that their changes follow one another: what zone a host is in is said by all of them together,
     * and two that each take one and the same host must see each other.
     */
    void lockAll(Handle handle) {
        handle.createQuery("select id from aggregate order by id for update")
                .mapTo(Integer.class)
                .list();
    }

    boolean isNameTaken(Handle handle, String name, int exceptId) {
        return handle.createQuery("select exists (select 1 from aggregate where name = :name and id <> :id)")
                .bind("name", name)
                .bind("id", exceptId)
                .mapTo(Boolean.class)
                .one();
    }

    void update(Handle handle, int id, String name, @Nullable String zone, Map<String, String> metadata, Instant now) {
        handle.createUpdate("""
                        update aggregate set name = :name, availability_zone = :zone,
                               metadata = cast(:metadata as jsonb), updated_at = :now
                        where id = :id""")
                .bind("id", id)
                .bind("name", name)
                .bind("zone", zone)
                .bind("metadata", TextMap.toJson(metadata))
                .bind("now", OffsetDateTime.ofInstant(now, ZoneOffset.UTC))
                .execute();
    }

    void delete(Handle handle, int id) {
        handle.createUpdate("delete from aggregate where id = :id")
                .bind("id", id)
                .execute();
    }

    /** The host of that name, whose row stays locked: no server comes to it meanwhile. */
    Optional<HostId> findHost(Handle handle, String name) {
        return handle.createQuery("select id from host where name = :name for update")
                .bind("name", name)
                .map((row, context) -> new HostId(Columns.uuid(row, "id")))
                .findOne();
    }

    boolean addHost(Handle handle, int id, HostId host) {
        return handle.createUpdate("""
                        insert into aggregate_host (aggregate_id, host_id) values (:id, :host)
                        on conflict do nothing""")
                        .bind("id", id)
                        .bind("host", host.value())
                        .execute()
                == 1;
    }

    boolean removeHost(Handle handle, int id, HostId host) {
        return handle.createUpdate("delete from aggregate_host where aggregate_id = :id and host_id = :host")
                        .bind("id", id)
                        .bind("host", host.value())
                        .execute()
                == 1;
    }

    /** Hosts of that aggregate that another aggregate puts into another zone. */
    List<String> hostsInOtherZones(Handle handle, int id, String zone) {
        return handle.createQuery("""
                        select distinct h.name
                        from aggregate_host mine
                        join aggregate_host other on other.host_id = mine.host_id and other.aggregate_id <> mine.aggregate_id
                        join aggregate a on a.id = other.aggregate_id
                        join host h on h.id = mine.host_id
                        where mine.aggregate_id = :id and a.availability_zone is not null and a.availability_zone <> :zone
                        order by h.name""")
                .bind("id", id)
                .bind("zone", zone)
                .mapTo(String.class)
                .list();
    }

    /** Whether an aggregate other than that one puts the host into the zone. */
    boolean isInZone(Handle handle, HostId host, String zone, int exceptId) {
        return handle.createQuery("""
                        select exists (select 1 from aggregate_host m join aggregate a on a.id = m.aggregate_id
                            where m.host_id = :host and a.availability_zone = :zone and a.id <> :id)""")
                .bind("host", host.value())
                .bind("zone", zone)
                .bind("id", exceptId)
                .mapTo(Boolean.class)
                .one();
    }

    boolean hasServers(Handle handle, HostId host) {
        return handle.createQuery("select exists (select 1 from server where host_id = :host)")
                .bind("host", host.value())
                .mapTo(Boolean.class)
                .one();
    }

    List<HostId> hosts(Handle handle, int id) {
        return handle.createQuery("select host_id from aggregate_host where aggregate_id = :id")
                .bind("id", id)
                .map((row, context) -> new HostId(Columns.uuid(row, "host_id")))
                .list();
    }

    /** Hosts of that aggregate that run servers. */
    List<String> hostsWithServers(Handle handle, int id) {
        return handle.createQuery("""
                        select distinct h.name from aggregate_host m join host h on h.id = m.host_id
                        join claim c on c.host_id = h.id where m.aggregate_id = :id order by h.name""").bind("id", id).mapTo(String.class).list();
    }

    private static Aggregate read(ResultSet row, StatementContext context) throws SQLException {
        return new Aggregate(
                row.getInt("id"),
                Columns.uuid(row, "uuid"),
                row.getString("name"),
                row.getString("availability_zone"),
                TextMap.ofJson(row.getString("metadata")),
                Columns.texts(row, "hosts"),
                Columns.instant(row, "created_at"),
                Columns.instantOrNull(row, "updated_at"));
    }
}
