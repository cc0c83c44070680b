package org.sluice.controller.fleet.server;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.sluice.controller.fleet.wire.HostDown;
import org.sluice.controller.http.view.RawJson;
import org.sluice.controller.server.ServerState;

/** Explanations in SQL, one statement each. Stateless; callers own the transaction. */
final class ExplanationStore {
    /** Of servers of one name; more than one are not explained anyway. */
    private static final int MOST = 100;

    private static final String SELECT = """
            select s.id, s.name, s.status, s.task_state, s.power_state, s.locked_by, h.name as host, s.availability_zone,
                s.requested_zone, h.id is not null as is_somewhere,
            """ + HostDown.SELECT + """
                ,
                case when s.fault_at is not null then jsonb_build_object('code', s.fault_code,
                    'message', s.fault_message, 'details', s.fault_details, 'at', s.fault_at) end as fault,
                jsonb_build_object('vcpus', s.vcpus, 'memory_mib', s.memory_mib,
                    'disk_gib', s.disk_gib, 'held', s.host_id is not null) as claim,
                coalesce((select jsonb_agg(jsonb_build_object('id', p.id, 'vnic_type', p.vnic_type,
                        'status', p.status, 'mac_address', p.mac_address, 'fabric', p.fabric,
                        'profile', coalesce(b.facts, '{}')) order by p.nic_index)
                    from port p left join port_binding b on b.port_id = p.id and b.active
                    where p.server_id = s.id), '[]') as ports,
                coalesce((select jsonb_agg(jsonb_build_object('port_id', vf.leased_port_id,
                        'physical_function', pf.name, 'index', vf.index, 'address', vf.address,
                        'generation', vf.generation, 'host', lh.name, 'claim', c.role)
                        order by c.role, pf.name, vf.index)
                    from virtual_function vf join physical_function pf on pf.id = vf.physical_function_id
                        join host lh on lh.id = pf.host_id
                        left join claim c on c.server_id = vf.leased_server_id and c.host_id = vf.leased_host_id
                    where vf.leased_server_id = s.id), '[]') as leases,
                coalesce((select jsonb_agg(jsonb_build_object('port_id', d.port_id, 'code', d.code, 'reason', d.reason,
                        'at', d.seen_at, 'lasts', d.lasts, 'times', d.times) order by d.seen_at desc)
                    from interface_drift d where d.server_id = s.id), '[]') as drifts,
                (select jsonb_build_object('at', d.decided_at, 'chosen', dh.name, 'hosts', d.hosts,
                        'considered', d.considered, 'reasons', d.reasons)
                    from scheduling_decision d left join host dh on dh.id = d.host_id
                    where d.server_id = s.id order by d.id desc limit 1) as decision
            from server s left join host h on h.id = s.host_id
            """;

    Optional<Explanation> byId(Handle handle, UUID id) {
        return handle.createQuery(SELECT + " where s.id = :id")
                .bind("id", id)
                .map(ExplanationStore::read)
                .findOne();
    }

    List<Explanation> byName(Handle handle, String name) {
        return handle.createQuery(SELECT + " where s.name = :name limit :most")
                .bind("name", name)
                .bind("most", MOST)
                .map(ExplanationStore::read)
                .list();
    }

    private static Explanation read(ResultSet row, StatementContext context) throws SQLException {
        return new Explanation(
                row.getObject("id", UUID.class),
                row.getString("name"),
                ServerState.of(row.getString("status"), row.getString("task_state"))
                        .shown(),
                Optional.ofNullable(row.getString("task_state")),
                row.getString("power_state"),
                Optional.ofNullable(row.getString("locked_by")),
                Optional.ofNullable(row.getString("host")),
                row.getBoolean("is_somewhere") ? HostDown.reason(row) : Optional.empty(),
                Optional.ofNullable(row.getString("availability_zone")),
                Optional.ofNullable(row.getString("requested_zone")),
                Optional.ofNullable(row.getString("fault")).map(RawJson::new),
                new RawJson(row.getString("claim")),
                new RawJson(row.getString("ports")),
                new RawJson(row.getString("leases")),
                new RawJson(row.getString("drifts")),
                Optional.ofNullable(row.getString("decision")).map(RawJson::new));
    }
}
