package org.sluice.controller.network.subnet;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementContext;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.list.Window;
import org.sluice.controller.http.view.RawJson;
import org.sluice.controller.network.address.IpRange;
import org.sluice.controller.network.network.NetworkGate;
import org.sluice.controller.network.wire.Stamps;
import org.sluice.controller.policy.RowCondition;
import org.sluice.controller.store.Transactions;
import tools.jackson.databind.JsonNode;

/** Subnets in SQL. Stateless; callers own the transaction. */
final class SubnetStore {
    private static final String COLUMNS = """
            s.*, text(s.cidr) as block, host(s.gateway_ip) as gateway,
                (select coalesce(jsonb_agg(host(d)), '[]') from unnest(s.dns_nameservers) d) as name_servers,
                (select coalesce(jsonb_agg(jsonb_build_object('start', host(a.first), 'end', host(a.last))
                        order by a.first), '[]') from allocation_pool a where a.subnet_id = s.id) as pools
            """;

    private static final String FROM = " from subnet s join network n on n.id = s.network_id where ";

    /** A subnet whose row is locked, and the project of its network. */
    record Held(Subnet subnet, String networkOwner) {}

    List<Subnet> list(Handle handle, RowCondition seen, Window window) {
        return window.list(
                seen.bind(handle.createQuery("select " + COLUMNS + FROM + seen.sql() + window.sql())),
                SubnetStore::read);
    }

    Optional<Subnet> find(Handle handle, RowCondition seen, UUID id) {
        return seen.bind(handle.createQuery("select " + COLUMNS + FROM + seen.sql() + " and s.id = :id"))
                .bind("id", id)
                .map(SubnetStore::read)
                .findOne();
    }

    /**
     * Locks a subnet that changes, and its network against servers that are on their way to it; ports can get addresses of it meanwhile.
     */
    Optional<Held> hold(Handle handle, RowCondition seen, UUID id) {
        return hold(handle, seen, id, " for no key update of n, s");
    }

    /** Locks a subnet that goes. */
    Optional<Held> holdAlone(Handle handle, RowCondition seen, UUID id) {
        return hold(handle, seen, id, " for update of s for no key update of n");
    }

    private static Optional<Held> hold(Handle handle, RowCondition seen, UUID id, String lock) {
        NetworkGate.change(
                handle,
                handle.createQuery("select network_id from subnet where id = :id")
                        .bind("id", id)
                        .mapTo(UUID.class)
                        .list());
        return seen.bind(handle.createQuery("select n.project_id as network_owner, " + COLUMNS + FROM + seen.sql()
                        + " and s.id = :id" + lock))
                .bind("id", id)
                .map((row, context) -> new Held(read(row, context), row.getString("network_owner")))
                .findOne();
    }

    /** Locks a network that the viewer sees, so that two creates cannot both find that they overlap with nothing; its project. */
    Optional<String> claim(Handle handle, RowCondition seen, UUID network) {
        return seen.bind(handle.createQuery("select n.project_id from network n where " + seen.sql()
                        + " and n.id = :id for no key update of n"))
                .bind("id", network)
                .mapTo(String.class)
                .findOne();
    }

    /** Counts a change of the network. */
    void touch(Handle handle, UUID network) {
        handle.createUpdate("""
                        update network set revision_number = revision_number + 1, updated_at = now() where id = :id""").bind("id", network).execute();
    }

    boolean overlaps(Handle handle, UUID network, IpRange block) {
        return handle.createQuery("""
                        select exists (select 1 from subnet where network_id = :network
                                       and cidr && cast(:cidr as inet))""")
                .bind("network", network)
                .bind("cidr", block.cidr())
                .mapTo(Boolean.class)
                .one();
    }

    /** One of these networks that has more than so many subnets, if there is one. */
    Optional<UUID> overfull(Handle handle, List<UUID> networks, int most) {
        return handle.createQuery("""
                        select network_id from subnet where network_id = any(:networks)
                        group by network_id having count(*) > :most limit 1""")
                .bindArray("networks", UUID.class, networks)
                .bind("most", most)
                .mapTo(UUID.class)
                .findOne();
    }

    Subnet insert(Handle handle, UUID network, String project, SubnetWire.Settings settings) {
        UUID id = UUID.randomUUID();
        handle.createUpdate("""
                        insert into subnet (id, network_id, project_id, name, ip_version, cidr)
                        values (:id, :network, :project, '', :version, cast(:cidr as cidr))""")
                .bind("id", id)
                .bind("network", network)
                .bind("project", project)
                .bind("version", settings.plan().block().version())
                .bind("cidr", settings.plan().block().cidr())
                .execute();
        insertPools(handle, id, settings.plan().pools());
        return write(handle, id, settings, 0);
    }

    /** Writes a subnet that is held. */
    Subnet update(Handle handle, UUID id, SubnetWire.Settings settings, boolean withPools) {
        if (withPools) {
            handle.createUpdate("delete from allocation_pool where subnet_id = :id")
                    .bind("id", id)
                    .execute();
            insertPools(handle, id, settings.plan().pools());
        }
        return write(handle, id, settings, 1);
    }

    private static Subnet write(Handle handle, UUID id, SubnetWire.Settings settings, int revisions) {
        Query query = handle.createQuery("""
                update subnet s set name = :name, description = :description, gateway_ip = cast(:gateway as inet),
                    enable_dhcp = :dhcp, dns_nameservers = cast(:nameServers as inet[]),
                    host_routes = cast(:routes as jsonb),
                    revision_number = revision_number + :revisions, updated_at = now()
                where s.id = :id returning
                """ + COLUMNS);
        return query.bind("id", id)
                .bind("name", settings.name())
                .bind("description", settings.description())
                .bind("gateway", settings.plan().gateway().orElse(null))
                .bind("dhcp", settings.enableDhcp())
                .bindArray("nameServers", String.class, settings.nameServers())
                .bind("routes", settings.hostRoutes())
                .bind("revisions", revisions)
                .map(SubnetStore::read)
                .one();
    }

    private static void insertPools(Handle handle, UUID subnet, List<IpRange> pools) {
        handle.createUpdate("""
                        insert into allocation_pool (subnet_id, first, last)
                        select :subnet, f, l from unnest(cast(:firsts as inet[]), cast(:lasts as inet[])) as pool (f, l)""")
                .bind("subnet", subnet)
                .bindArray(
                        "firsts",
                        String.class,
                        pools.stream().map(IpRange::firstText).toList())
                .bindArray(
                        "lasts",
                        String.class,
                        pools.stream().map(IpRange::lastText).toList())
                .execute();
    }

    /**
     * Deletes it with the addresses of ports that serve DHCP from it.
     *
     * @throws org.sluice.model.ProblemException 409 when other ports have addresses of it
     */
    void delete(Handle handle, UUID id) {
        handle.createUpdate("""
                        delete from ip_allocation a using port p
                        where a.subnet_id = :id and p.id = a.port_id and p.server_id is null
                          and (p.serves or p.device_owner = 'network:dhcp')""").bind("id", id).execute();
        try {
            handle.createUpdate("delete from subnet where id = :id")
                    .bind("id", id)
                    .execute();
        } catch (JdbiException failure) {
            if (Transactions.isForeignKeyViolation(failure)) {
                throw SubnetRules.inUse(id);
            }
            throw failure;
        }
    }

    private static Subnet read(ResultSet row, StatementContext context) throws SQLException {
        List<IpRange> pools = new ArrayList<>();
        for (JsonNode pool : Json.MAPPER.readTree(row.getString("pools"))) {
            pools.add(IpRange.between(
                            pool.path("start").asString(), pool.path("end").asString())
                    .orElseThrow());
        }
        List<String> nameServers = new ArrayList<>();
        Json.MAPPER.readTree(row.getString("name_servers")).forEach(server -> nameServers.add(server.asString()));
        return new Subnet(
                row.getObject("id", UUID.class),
                row.getObject("network_id", UUID.class),
                row.getString("project_id"),
                row.getString("name"),
                row.getString("description"),
                IpRange.ofCidr(row.getString("block")).orElseThrow(),
                Optional.ofNullable(row.getString("gateway")),
                row.getBoolean("enable_dhcp"),
                pools,
                nameServers,
                new RawJson(row.getString("host_routes")),
                Stamps.of(row));
    }
}
