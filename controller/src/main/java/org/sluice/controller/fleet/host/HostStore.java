package org.sluice.controller.fleet.host;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.sluice.controller.fleet.wire.HostDown;
import org.sluice.controller.http.list.Window;
import org.sluice.controller.http.view.RawJson;

/** Hosts in SQL, one statement however large the fleet is. Stateless; callers own the transaction. */
final class HostStore {
    private static final String SELECT = """
            select h.id, h.name, h.enabled, h.disabled_reason, to_jsonb(h.enrolled_at) #>> '{}' as enrolled_at,
                to_jsonb(h.last_seen_at) #>> '{}' as last_seen_at,
            """ + HostDown.SELECT + """
                ,
                coalesce((select z.zone from host_zone z where z.host_id = h.id), 'nova') as zone,
                h.hypervisor_type, h.hypervisor_version, h.cpu_architecture, h.interfaces, h.faults,
                h.vcpus_total, h.vcpus_used, h.memory_mib_total, h.memory_mib_used, h.disk_gib_total, h.disk_gib_used,
                (select count(*) from server s where s.host_id = h.id) as servers,
                coalesce((select jsonb_object_agg(u.physical_network, u.interface)
                    from bridge_uplink u where u.host_id = h.id), '{}') as uplinks,
                coalesce((select jsonb_agg(jsonb_build_object('physical_function', q.name,
                        'class', q.class, 'measured_at', q.measured_at, 'verdict', q.verdict,
                        'reasons', q.reasons) order by q.name)
                    from newest_qualification q where q.host_id = h.id), '[]') as qualifications,
                coalesce((select jsonb_agg(jsonb_build_object('name', pf.name,
                        'address', pf.address, 'serial', pf.serial, 'port', pf.port, 'vendor_id', pf.vendor_id,
                        'device_id', pf.device_id, 'vf_device_id', pf.vf_device_id, 'driver', pf.driver,
                        'numa_node', pf.numa_node, 'mac', pf.mac, 'carrier', pf.carrier, 'present', pf.present,
                        'fault', pf.fault,
                        'physical_network', pf.physical_network, 'total_vfs', pf.total_vfs,
                        'vfs', (select count(*) from virtual_function vf
                            where vf.physical_function_id = pf.id and vf.present),
                        'leased_vfs', (select count(*) from virtual_function vf
                            where vf.physical_function_id = pf.id and vf.leased_port_id is not null)) order by pf.name)
                    from physical_function pf where pf.host_id = h.id), '[]') as physical_functions
            from host h where true""";

    List<Host> list(Handle handle, Window window) {
        return window.list(handle.createQuery(SELECT + window.sql()), HostStore::read);
    }

    Optional<Host> find(Handle handle, String name) {
        return handle.createQuery(SELECT + " and h.name = :name")
                .bind("name", name)
                .map(HostStore::read)
                .findOne();
    }

    private static Host read(ResultSet row, StatementContext context) throws SQLException {
        return new Host(
                row.getObject("id", UUID.class),
                row.getString("name"),
                row.getBoolean("enabled"),
                Optional.ofNullable(row.getString("disabled_reason")),
                row.getString("enrolled_at"),
                Optional.ofNullable(row.getString("last_seen_at")),
                HostDown.silence(row),
                HostDown.declaredAt(row),
                row.getString("zone"),
                row.getString("hypervisor_type"),
                row.getInt("hypervisor_version"),
                row.getString("cpu_architecture"),
                List.of((String[]) row.getArray("interfaces").getArray()),
                List.of((String[]) row.getArray("faults").getArray()),
                amount(row, "vcpus"),
                amount(row, "memory_mib"),
                amount(row, "disk_gib"),
                row.getLong("servers"),
                new RawJson(row.getString("uplinks")),
                new RawJson(row.getString("qualifications")),
                new RawJson(row.getString("physical_functions")));
    }

    private static Host.Amount amount(ResultSet row, String column) throws SQLException {
        return new Host.Amount(row.getInt(column + "_total"), row.getInt(column + "_used"));
    }
}
