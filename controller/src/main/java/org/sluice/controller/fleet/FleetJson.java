package org.sluice.controller.fleet;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.http.Json;
import tools.jackson.databind.JsonNode;

/**
 * What /sluice/v1 shows, as PostgreSQL puts it together: each view is one statement, however large the fleet is. Stateless.
 */
final class FleetJson {
    private static final String HOSTS = """
            select jsonb_build_object('id', h.id, 'name', h.name, 'enabled', h.enabled,
                'disabled_reason', h.disabled_reason, 'enrolled_at', h.enrolled_at, 'last_seen_at', h.last_seen_at,
                'zone', coalesce((select min(a.availability_zone) from aggregate a
                    join aggregate_host ah on ah.aggregate_id = a.id where ah.host_id = h.id), 'nova'),
                'hypervisor_type', h.hypervisor_type, 'hypervisor_version', h.hypervisor_version,
                'cpu_architecture', h.cpu_architecture, 'interfaces', to_jsonb(h.interfaces),
                'vcpus', jsonb_build_object('total', h.vcpus_total, 'used', h.vcpus_used),
                'memory_mib', jsonb_build_object('total', h.memory_mib_total, 'used', h.memory_mib_used),
                'disk_gib', jsonb_build_object('total', h.disk_gib_total, 'used', h.disk_gib_used),
                'servers', (select count(*) from server s where s.host_id = h.id),
                'uplinks', coalesce((select jsonb_object_agg(u.physical_network, u.interface)
                    from bridge_uplink u where u.host_id = h.id), '{}'),
                'qualifications', coalesce((select jsonb_agg(jsonb_build_object('physical_function', q.name,
                        'class', q.class, 'measured_at', q.measured_at, 'verdict', q.verdict,
                        'reasons', q.reasons) order by q.name)
                    from newest_qualification q where q.host_id = h.id), '[]'),
                'physical_functions', coalesce((select jsonb_agg(jsonb_build_object('name', pf.name,
                        'address', pf.address, 'serial', pf.serial, 'port', pf.port, 'vendor_id', pf.vendor_id,
                        'device_id', pf.device_id, 'vf_device_id', pf.vf_device_id, 'driver', pf.driver,
                        'numa_node', pf.numa_node, 'mac', pf.mac, 'carrier', pf.carrier, 'present', pf.present,
                        'physical_network', pf.physical_network, 'total_vfs', pf.total_vfs,
                        'vfs', (select count(*) from virtual_function vf
                            where vf.physical_function_id = pf.id and vf.present),
                        'leased_vfs', (select count(*) from virtual_function vf
                            where vf.physical_function_id = pf.id and vf.leased_port_id is not null)) order by pf.name)
                    from physical_function pf where pf.host_id = h.id), '[]'))
            from host h
            """;

    private static final String NETWORKS = """
            select jsonb_build_object('name', p.name, 'mtu', p.mtu,
                'vlan_ranges', coalesce((select jsonb_agg(jsonb_build_object('first', v.first, 'last', v.last)
                    order by v.first) from vlan_range v where v.physical_network = p.name), '[]'),
                'networks', (select count(*) from network n where n.physical_network = p.name))
            from physical_network p
            """;

    List<FleetPage.Row> hosts(Handle handle, FleetPage page) {
        return page(handle, page, HOSTS + " where h.name > :after order by h.name", Map.of(), "name");
    }

    Optional<JsonNode> host(Handle handle, String name) {
        return list(handle, HOSTS + " where h.name = :name", Map.of("name", name)).stream()
                .findFirst();
    }

    List<FleetPage.Row> physicalNetworks(Handle handle, FleetPage page) {
        return page(handle, page, NETWORKS + " where p.name > :after order by p.name", Map.of(), "name");
    }

    Optional<JsonNode> physicalNetwork(Handle handle, String name) {
        return list(handle, NETWORKS + " where p.name = :name", Map.of("name", name)).stream()
                .findFirst();
    }

    /** The lease books: every VF, who has it and under which generation. */
    List<FleetPage.Row> virtualFunctions(Handle handle, Optional<String> host, FleetPage page) {
        return page(handle, page, """
                select jsonb_build_object('host', h.name, 'physical_function', pf.name,
                    'physical_network', pf.physical_network, 'index', vf.index, 'address', vf.address,
                    'iommu_group', vf.iommu_group, 'present', vf.present and pf.present, 'generation', vf.generation,
                    'port_id', vf.leased_port_id, 'server_id', vf.leased_server_id, 'server_name', s.name,
                    'server_status', s.status, 'mac_address', p.mac_address)
                from virtual_function vf join physical_function pf on pf.id = vf.physical_function_id
                    join host h on h.id = pf.host_id left join server s on s.id = vf.leased_server_id
                    left join port p on p.id = vf.leased_port_id
                where :host in ('', h.name)
                    and (h.name, pf.name, vf.index) > (:after1, :after2, cast(:after3 as integer))
                order by h.name, pf.name, vf.index""", Map.of("host", host.orElse("")), "host", "physical_function", "index");
    }

    /** The servers of that id or, if there is none, of that name. */
    List<JsonNode> explanations(Handle handle, String idOrName) {
        String explanation = """
                select jsonb_build_object('id', s.id, 'name', s.name, 'status', s.status, 'task_state', s.task_state,
                    'host', h.name, 'availability_zone', s.availability_zone, 'requested_zone', s.requested_zone,
                    'fault', case when s.fault_at is not null then jsonb_build_object('code', s.fault_code,
                        'message', s.fault_message, 'details', s.fault_details, 'at', s.fault_at) end,
                    'claim', jsonb_build_object('vcpus', s.vcpus, 'memory_mib', s.memory_mib,
                        'disk_gib', s.disk_gib, 'held', s.host_id is not null),
                    'ports', coalesce((select jsonb_agg(jsonb_build_object('id', p.id, 'vnic_type', p.vnic_type,
                            'status', p.status, 'mac_address', p.mac_address, 'fabric', p.fabric,
                            'profile', p.binding_facts) order by p.nic_index)
                        from port p where p.server_id = s.id), '[]'),
                    'leases', coalesce((select jsonb_agg(jsonb_build_object('port_id', vf.leased_port_id,
                            'physical_function', pf.name, 'index', vf.index, 'address', vf.address,
                            'generation', vf.generation) order by pf.name, vf.index)
                        from virtual_function vf join physical_function pf on pf.id = vf.physical_function_id
                        where vf.leased_server_id = s.id), '[]'),
                    'decision', (select jsonb_build_object('at', d.decided_at, 'chosen', dh.name, 'hosts', d.hosts,
                            'considered', d.considered, 'reasons', d.reasons)
                        from scheduling_decision d left join host dh on dh.id = d.host_id
                        where d.server_id = s.id order by d.id desc limit 1))
                from server s left join host h on h.id = s.host_id
                """;
        List<JsonNode> byId =
                list(handle, explanation + " where cast(s.id as text) = :server", Map.of("server", idOrName));
        return byId.isEmpty()
                ? list(handle, explanation + " where s.name = :server", Map.of("server", idOrName))
                : byId;
    }

    /** A page more by one than asked for, so that it is known whether another follows; keys are members of the row. */
    private static List<FleetPage.Row> page(
            Handle handle, FleetPage page, String sql, Map<String, ?> arguments, String... keys) {
        Map<String, Object> all = new HashMap<>(arguments);
        all.putAll(page.arguments(keys.length));
        return list(handle, sql + " limit " + (page.limit() + 1), all).stream()
                .map(row -> new FleetPage.Row(
                        Stream.of(keys).map(key -> row.path(key).asString()).collect(Collectors.joining("/")), row))
                .toList();
    }

    private static List<JsonNode> list(Handle handle, String sql, Map<String, ?> arguments) {
        return handle.createQuery(sql).bindMap(arguments).mapTo(String.class).list().stream()
                .map(Json.MAPPER::readTree)
                .toList();
    }
}
