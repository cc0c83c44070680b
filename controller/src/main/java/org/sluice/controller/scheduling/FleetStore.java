package org.sluice.controller.scheduling;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.http.Json;
import org.sluice.controller.store.Columns;
import org.sluice.model.HostId;
import org.sluice.model.qualification.QualificationPolicy;
import org.sluice.model.qualification.QualificationVerdict;
import tools.jackson.databind.JsonNode;

/** Reads the fleet as filters see it, all of it or one host, in one statement. Stateless. */
final class FleetStore {
    private static final String HOSTS = """
            select h.id, h.name, h.enabled, h.disabled_reason, h.faults[1] as fault,
                   extract(epoch from now() - h.last_seen_at) as silence, h.forced_down_at,
                   coalesce(z.zone, :defaultZone) as zone,
                   h.hypervisor_type, h.hypervisor_version, h.cpu_architecture,
                   h.vcpus_total, h.vcpus_used, h.memory_mib_total, h.memory_mib_used,
                   h.disk_gib_total, h.disk_gib_used,
                   coalesce(uplink.networks, '{}') as uplinks,
                   coalesce(functions.counts, '[]') as functions,
                   setting.policy,
                   coalesce(qualified.cards, '[]') as qualified
            from host h
            cross join qualification_setting setting
            left join host_zone z on z.host_id = h.id
            left join (
                select host_id, array_agg(physical_network) as networks
                from bridge_uplink group by host_id) uplink on uplink.host_id = h.id
            left join (
                select host_id, jsonb_agg(jsonb_build_object('network', physical_network,
                    'total', total, 'leased', leased, 'unusable', unusable,
                    'stuck', stuck)) as counts
                from (
                    select pf.host_id, pf.physical_network,
                        count(vf.index) filter (where vf.present) as total,
                        count(vf.index) filter (where vf.present and vf.leased_port_id is not null) as leased,
                        count(vf.index) filter (where vf.present and vf.leased_port_id is null
                            and pf.fault is null and vf.iommu_group < 0) as unusable,
                        count(vf.index) filter (where vf.present and vf.leased_port_id is null
                            and pf.fault is not null) as stuck
                    from physical_function pf
                    left join virtual_function vf on vf.physical_function_id = pf.id
                    where pf.present and pf.physical_network is not null
                    group by pf.host_id, pf.physical_network) counted
                group by host_id) functions on functions.host_id = h.id
            left join (
                select host_id, jsonb_agg(jsonb_build_object('name', name, 'verdict', verdict,
                    'reasons', reasons) order by name) as cards
                from newest_qualification group by host_id) qualified
                on qualified.host_id = h.id and setting.policy <> 'off'
            """;

    List<HostState> all(Handle handle) {
        return handle.createQuery(HOSTS)
                .bind("defaultZone", HostState.DEFAULT_ZONE)
                .map((row, _) -> host(row))
                .list();
    }

    Optional<HostState> one(Handle handle, HostId id) {
        return handle.createQuery(HOSTS + " where h.id = :id")
                .bind("defaultZone", HostState.DEFAULT_ZONE)
                .bind("id", id.value())
                .map((row, _) -> host(row))
                .findOne();
    }

    private static HostState host(ResultSet row) throws SQLException {
        double silence = row.getDouble("silence");
        boolean neverSeen = row.wasNull();
        return new HostState(
                new HostId(row.getObject("id", UUID.class)),
                row.getString("name"),
                row.getBoolean("enabled"),
                Optional.ofNullable(row.getString("disabled_reason")),
                Optional.ofNullable(row.getString("fault")),
                neverSeen ? Optional.empty() : Optional.of(Duration.ofMillis((long) (silence * 1_000))),
                Optional.ofNullable(Columns.instantOrNull(row, "forced_down_at")),
                row.getString("zone"),
                row.getString("hypervisor_type"),
                row.getInt("hypervisor_version"),
                row.getString("cpu_architecture"),
                new HostState.Amount(row.getInt("vcpus_total"), row.getInt("vcpus_used")),
                new HostState.Amount(row.getInt("memory_mib_total"), row.getInt("memory_mib_used")),
                new HostState.Amount(row.getInt("disk_gib_total"), row.getInt("disk_gib_used")),
                texts(row.getArray("uplinks")),
                functions(row.getString("functions")),
                new HostState.Qualification(
                        QualificationPolicy.ofWireName(row.getString("policy")).orElseThrow(),
                        cards(row.getString("qualified"))));
    }

    private static Set<String> texts(Array array) throws SQLException {
        return Set.of((String[]) array.getArray());
    }

    private static Map<String, HostState.Functions> functions(String json) {
        Map<String, HostState.Functions> functions = new HashMap<>();
        for (JsonNode count : Json.MAPPER.readTree(json)) {
            functions.put(
                    count.get("network").asString(),
                    new HostState.Functions(
                            count.get("total").asInt(),
                            count.get("leased").asInt(),
                            count.get("unusable").asInt(),
                            count.get("stuck").asInt()));
        }
        return functions;
    }

    private static List<HostState.QualifiedCard> cards(String json) {
        List<HostState.QualifiedCard> cards = new ArrayList<>();
        for (JsonNode card : Json.MAPPER.readTree(json)) {
            List<String> reasons = new ArrayList<>();
            card.get("reasons").forEach(reason -> reasons.add(reason.asString()));
            String verdict = card.get("verdict").asString();
            cards.add(new HostState.QualifiedCard(
                    card.get("name").asString(), !verdict.equals(QualificationVerdict.FAILED.wireName()), reasons));
        }
        return cards;
    }
}
