package org.sluice.controller.network.network;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.list.Window;
import org.sluice.controller.http.view.RawJson;
import org.sluice.controller.network.wire.Stamps;
import org.sluice.controller.policy.RowCondition;
import org.sluice.controller.store.Transactions;

/** Networks in SQL. Stateless; callers own the transaction. */
final class NetworkStore {
    private static final String COLUMNS = """
            n.*, (select coalesce(jsonb_agg(s.id order by s.created_at, s.id), '[]')
                  from subnet s where s.network_id = n.id) as subnets
            """;

    private static final String SELECT = "select " + COLUMNS + " from network n where ";

    /**
     * A network whose row is locked.
     *
     * @param largestMtu of its physical network, bytes
     * @param isBound whether a host has a port of it
     */
    record Held(Network network, int largestMtu, boolean isBound) {}

    List<Network> list(Handle handle, RowCondition seen, Window window) {
        return window.list(seen.bind(handle.createQuery(SELECT + seen.sql() + window.sql())), NetworkStore::read);
    }

    Optional<Network> find(Handle handle, RowCondition seen, UUID id) {
        return seen.bind(handle.createQuery(SELECT + seen.sql() + " and n.id = :id"))
                .bind("id", id)
                .map(NetworkStore::read)
                .findOne();
    }

    /** Locks a network that changes; ports can come to it meanwhile. */
    Optional<Held> hold(Handle handle, RowCondition seen, UUID id) {
        return hold(handle, seen, id, "for no key update of n");
    }

    /** Locks a network that goes. */
    Optional<Held> holdAlone(Handle handle, RowCondition seen, UUID id) {
        return hold(handle, seen, id, "for update of n");
    }

    /** Whether it is bound is read when nobody is on the way to it any more. */
    private static Optional<Held> hold(Handle handle, RowCondition seen, UUID id, String lock) {
        NetworkGate.change(handle, List.of(id));
        return seen.bind(handle.createQuery(
                        "select f.mtu as largest, exists (select 1 from port p join port_binding b on b.port_id = p.id"
                                + " where p.network_id = n.id) as bound, " + COLUMNS
                                + " from network n join physical_network f on f.name = n.physical_network where "
                                + seen.sql() + " and n.id = :id " + lock))
                .bind("id", id)
                .map((row, context) -> new Held(read(row, context), row.getInt("largest"), row.getBoolean("bound")))
                .findOne();
    }

    /** The largest MTU of that physical network, bytes. */
    int largestMtu(Handle handle, String physicalNetwork) {
        return handle.createQuery("select mtu from physical_network where name = :name")
                .bind("name", physicalNetwork)
                .mapTo(Integer.class)
                .one();
    }

    /** Inserts it unless its segment is in use. */
    Optional<Network> insert(Handle handle, String project, Segment segment, NetworkWire.Settings settings) {
        return bind(handle.createQuery("""
                        insert into network as n (id, project_id, name, description, admin_state_up, shared, external,
                            port_security, mtu, network_type, physical_network, segmentation_id)
                        values (:id, :project, :name, :description, :up, :shared, :external,
                            :secure, :mtu, :type, :physicalNetwork, cast(:vlan as integer))
                        on conflict on constraint network_segment_once do nothing returning
                        """ + COLUMNS), settings)
                .bind("id", UUID.randomUUID())
                .bind("project", project)
                .bind("type", segment.networkType())
                .bind("physicalNetwork", segment.physicalNetwork())
                .bind("vlan", segment.vlan().orElse(null))
                .map(NetworkStore::read)
                .findOne();
    }

    Network update(Handle handle, UUID id, NetworkWire.Settings settings) {
        return bind(handle.createQuery("""
                        update network n set name = :name, description = :description, admin_state_up = :up,
                            shared = :shared, external = :external, port_security = :secure, mtu = :mtu,
                            revision_number = revision_number + 1, updated_at = now()
                        where n.id = :id returning
                        """ + COLUMNS), settings)
                .bind("id", id)
                .map(NetworkStore::read)
                .one();
    }

    private static Query bind(Query query, NetworkWire.Settings settings) {
        return query.bind("name", settings.name())
                .bind("description", settings.description())
                .bind("up", settings.adminStateUp())
                .bind("shared", settings.isShared())
                .bind("external", settings.isExternal())
                .bind("secure", settings.portSecurity())
                .bind("mtu", settings.mtu());
    }

    /** Whether a port of another project than the network's is on it. */
    boolean hasForeignPorts(Handle handle, UUID id) {
        return handle.createQuery("""
                        select exists (select 1 from port p join network n on n.id = p.network_id
                                       where n.id = :id and p.project_id <> n.project_id)""").bind("id", id).mapTo(Boolean.class).one();
    }

    /** Whether it has ports that do not go with it. */
    boolean hasPorts(Handle handle, UUID id) {
        return handle.createQuery("""
                        select exists (select 1 from port where network_id = :id and not serves
                                       and (device_owner <> 'network:dhcp' or server_id is not null))""").bind("id", id).mapTo(Boolean.class).one();
    }

    /**
     * Deletes it with its subnets, and with the ports that say they serve DHCP, whoever made them, as in Neutron.
     *
     * @throws org.sluice.model.ProblemException 409 when a port came meanwhile
     */
    void delete(Handle handle, UUID id) {
        try {
            handle.createUpdate("""
                            delete from port where network_id = :id and server_id is null
                              and (serves or device_owner = 'network:dhcp')""").bind("id", id).execute();
            handle.createUpdate("delete from subnet where network_id = :id")
                    .bind("id", id)
                    .execute();
            handle.createUpdate("delete from network where id = :id")
                    .bind("id", id)
                    .execute();
        } catch (JdbiException failure) {
            if (Transactions.isForeignKeyViolation(failure)) {
                throw NetworkRules.hasPorts(id);
            }
            throw failure;
        }
    }

    private static Network read(ResultSet row, StatementContext context) throws SQLException {
        @Nullable Integer vlan = row.getObject("segmentation_id", Integer.class);
        return new Network(
                row.getObject("id", UUID.class),
                row.getString("project_id"),
                row.getString("name"),
                row.getString("description"),
                row.getBoolean("admin_state_up"),
                row.getBoolean("shared"),
                row.getBoolean("external"),
                row.getBoolean("port_security"),
                row.getInt("mtu"),
                row.getString("network_type"),
                row.getString("physical_network"),
                Optional.ofNullable(vlan),
                new RawJson(row.getString("subnets")),
                Stamps.of(row));
    }
}
