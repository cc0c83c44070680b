package org.sluice.controller.network.port;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.StatementContext;
import org.sluice.controller.http.list.Window;
import org.sluice.controller.http.view.RawJson;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.controller.network.wire.Stamps;
import org.sluice.controller.policy.RowCondition;
import org.sluice.controller.store.Transactions;
import org.sluice.model.MacAddress;
import org.sluice.model.NetworkId;

/** Ports in SQL. Stateless; callers own the transaction. */
final class PortStore {
    /** The lists are put together as text: as jsonb they take twice the time, which is that of a list of ports. */
    private static final String COLUMNS = """
            p.*, p.binding_profile || coalesce(b.facts, '{}') as profile,
                coalesce(b.vif_type, 'unbound') as vif_type, coalesce(b.vif_details, '{}') as vif_details,
                (select coalesce('[' || string_agg('{"subnet_id":"' || a.subnet_id || '","ip_address":"' || host(a.address)
                        || '"}', ',' order by a.address) || ']', '[]')
                 from port_address a where a.port_id = p.id) as fixed_ips,
                (select coalesce('["' || string_agg(text(g.security_group_id), '","' order by g.security_group_id) || '"]',
                        '[]')
                 from port_security_group g where g.port_id = p.id) as security_groups
            """;

    private static final String BOUND = " left join port_binding b on b.port_id = p.id and b.active ";

    private static final String SELECT =
            "select " + COLUMNS + " from port p join network n on n.id = p.network_id" + BOUND + "where ";

    /**
     * A port whose row is locked, with what its changes depend on.
     *
     * @param networkOwner the project of its network
     * @param networkShared whether everybody may use its network
     * @param givenProfile what the user gave as {@code binding:profile}
     * @param isAttached whether a server has it
     * @param isServing whether a host serves DHCP and metadata from it
     */
    record Held(
            Port port,
            String networkOwner,
            boolean networkShared,
            String givenProfile,
            boolean isAttached,
            boolean isServing) {}

    List<Port> list(Handle handle, RowCondition seen, Window window) {
        return window.list(seen.bind(handle.createQuery(SELECT + seen.sql() + window.sql())), PortStore::read);
    }

    Optional<Port> find(Handle handle, RowCondition seen, UUID id) {
        return seen.bind(handle.createQuery(SELECT + seen.sql() + " and p.id = :id"))
                .bind("id", id)
                .map(PortStore::read)
                .findOne();
    }

    Optional<Held> hold(Handle handle, RowCondition seen, UUID id) {
        return seen.bind(handle.createQuery(
                        "select n.project_id as network_owner, n.shared as network_shared, " + COLUMNS
                                + " from port p join network n on n.id = p.network_id" + BOUND + "where " + seen.sql()
                                + " and p.id = :id for update of p"))
                .bind("id", id)
                .map((row, context) -> new Held(
                        read(row, context),
                        row.getString("network_owner"),
                        row.getBoolean("network_shared"),
                        row.getString("binding_profile"),
                        row.getObject("server_id") != null,
                        row.getBoolean("serves")))
                .findOne();
    }

    /**
     * Writes a port that is held.
     *
     * @throws org.sluice.model.ProblemException 409 when another port of the fabric has the MAC address
     */
    Port update(Handle handle, Port held, PortWire.Settings settings) {
        String mac = settings.mac().map(MacAddress::value).orElse(held.macAddress());
        try {
            return handle.createQuery("""
                            with changed as (update port set name = :name, description = :description, admin_state_up = :up,
                                mac_address = :mac, device_id = :deviceId, device_owner = :deviceOwner,
                                port_security = :secure, vnic_type = :vnicType, binding_profile = cast(:profile as jsonb),
                                binding_host = :bindingHost, revision_number = revision_number + 1, updated_at = now()
                            where id = :id returning *)
                            select
                            """ + COLUMNS + " from changed p" + BOUND)
                    .bind("id", held.id())
                    .bind("name", settings.name())
                    .bind("description", settings.description())
                    .bind("up", settings.adminStateUp())
                    .bind("mac", mac)
                    .bind("deviceId", settings.deviceId())
                    .bind("deviceOwner", settings.deviceOwner())
                    .bind("secure", settings.portSecurity().orElse(held.portSecurity()))
                    .bind("vnicType", settings.vnicType().wireName())
                    .bind("profile", settings.profile())
                    .bind("bindingHost", settings.bindingHost())
                    .map(PortStore::read)
                    .one();
        } catch (JdbiException failure) {
            if (Transactions.isUniqueViolation(failure)) {
                throw NetworkProblems.macTaken(new NetworkId(held.networkId()), mac);
            }
            throw failure;
        }
    }

    void delete(Handle handle, UUID id) {
        handle.createUpdate("delete from port where id = :id").bind("id", id).execute();
    }

    /** Those of the groups that are the project's, or that are seen. */
    List<UUID> groups(Handle handle, RowCondition seen, String project, List<UUID> wanted) {
        return seen.bind(handle.createQuery(
                        "select g.id from security_group g where g.id = any(:ids) and (g.project_id = :owner or "
                                + seen.sql() + ")"))
                .bindArray("ids", UUID.class, wanted)
                .bind("owner", project)
                .mapTo(UUID.class)
                .list();
    }

    /** Makes those the port's only groups. */
    void putInto(Handle handle, UUID port, List<UUID> groups) {
        handle.createUpdate("delete from port_security_group where port_id = :id and security_group_id <> all(:groups)")
                .bind("id", port)
                .bindArray("groups", UUID.class, groups)
                .execute();
        handle.createUpdate("""
                        insert into port_security_group (port_id, security_group_id)
                        select :id, g from unnest(:groups) g on conflict do nothing""")
                .bind("id", port)
                .bindArray("groups", UUID.class, groups)
                .execute();
    }

    /** A row of the table with {@code profile}, {@code fixed_ips} and {@code security_groups} beside it. */
    static Port read(ResultSet row, StatementContext context) throws SQLException {
        return new Port(
                row.getObject("id", UUID.class),
                row.getObject("network_id", UUID.class),
                row.getString("project_id"),
                row.getString("name"),
                row.getString("description"),
                row.getBoolean("admin_state_up"),
                row.getString("status"),
                row.getString("mac_address"),
                row.getString("device_id"),
                row.getString("device_owner"),
                new RawJson(row.getString("fixed_ips")),
                new RawJson(row.getString("security_groups")),
                row.getBoolean("port_security"),
                row.getString("vnic_type"),
                new RawJson(row.getString("profile")),
                row.getString("binding_host"),
                row.getString("vif_type"),
                new RawJson(row.getString("vif_details")),
                Stamps.of(row));
    }
}
