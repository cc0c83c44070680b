package org.sluice.controller.network;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.policy.Caller;
import org.sluice.model.MacAddress;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads ports as the Network API shows them. */
final class PortRows {
    private static final String SELECT = """
            select p.*,
                (select coalesce(jsonb_agg(jsonb_build_object('subnet_id', a.subnet_id, 'ip_address', host(a.address))
                        order by family(a.address), a.address), '[]')
                 from ip_allocation a where a.port_id = p.id) as fixed_ips,
                (select coalesce(jsonb_agg(g.security_group_id order by g.security_group_id), '[]')
                 from port_security_group g where g.port_id = p.id) as security_groups
            from port p join network n on n.id = p.network_id where
            """;

    static final Map<String, Filter> FILTERS = Map.ofEntries(
            Map.entry("id", Filter.uuid("p.id")),
            Map.entry("name", Filter.text("p.name")),
            Map.entry("description", Filter.text("p.description")),
            Map.entry("network_id", Filter.uuid("p.network_id")),
            Map.entry("device_id", Filter.text("p.device_id")),
            Map.entry("device_owner", Filter.text("p.device_owner")),
            Map.entry(
                    "mac_address",
                    (values, parameters) -> Filter.text("p.mac_address")
                            .condition(
                                    values.stream()
                                            .map(value -> MacAddress.ofAnyForm(value)
                                                    .map(MacAddress::value)
                                                    .orElse(value))
                                            .toList(),
                                    parameters)),
            Map.entry("status", Filter.text("p.status")),
            Map.entry("admin_state_up", Filter.truth("p.admin_state_up")),
            Map.entry("project_id", Filter.text("p.project_id")),
            Map.entry("tenant_id", Filter.text("p.project_id")),
            Map.entry("port_security_enabled", Filter.truth("p.port_security")),
            Map.entry("binding:host_id", Filter.text("p.binding_host")),
            Map.entry("binding:vnic_type", Filter.text("p.vnic_type")),
            Map.entry("binding:vif_type", Filter.text("p.vif_type")),
            Map.entry("fixed_ips", PortRows::fixedIps),
            Map.entry("security_groups", PortRows::securityGroups),
            Map.entry("security_group_ids", PortRows::securityGroups),
            Map.entry("tags", Filter.allTags("p.tags")),
            Map.entry("tags-any", Filter.anyTag("p.tags")),
            Map.entry("not-tags", Filter.not(Filter.allTags("p.tags"))),
            Map.entry("not-tags-any", Filter.not(Filter.anyTag("p.tags"))));

    static final Map<String, String> SORTABLE = Map.of(
            "id", "p.id",
            "name", "p.name",
            "network_id", "p.network_id",
            "mac_address", "p.mac_address",
            "status", "p.status",
            "device_id", "p.device_id",
            "device_owner", "p.device_owner",
            "admin_state_up", "p.admin_state_up",
            "project_id", "p.project_id",
            "tenant_id", "p.project_id");

    private PortRows() {}

    static List<ObjectNode> list(Handle handle, Caller caller, Selection selection) {
        return selection
                .bind(handle.createQuery(SELECT + Visibility.OF_PORT + selection.sql()))
                .bind("admin", caller.isAdmin())
                .bind("project", caller.projectId())
                .map((row, context) -> json(row, caller.isAdmin()))
                .list();
    }

    static Optional<ObjectNode> find(Handle handle, Caller caller, UUID id) {
        return handle.createQuery(SELECT + Visibility.OF_PORT + " and p.id = :id")
                .bind("admin", caller.isAdmin())
                .bind("project", caller.projectId())
                .bind("id", id)
                .map((row, context) -> json(row, caller.isAdmin()))
                .findOne();
    }

    /** Values are {@code ip_address=A}, {@code subnet_id=S} or {@code ip_address_substr=T}; those of one name are alternatives. */
    private static String fixedIps(List<String> values, Filter.Parameters parameters) {
        List<String> conditions = new ArrayList<>();
        List<String> addresses = after("ip_address=", values);
        if (!addresses.isEmpty()) {
            conditions.add(Filter.text("host(a.address)").condition(addresses, parameters));
        }
        List<String> subnets = after("subnet_id=", values);
        if (!subnets.isEmpty()) {
            conditions.add(Filter.uuid("a.subnet_id").condition(subnets, parameters));
        }
        List<String> parts = after("ip_address_substr=", values);
        if (!parts.isEmpty()) {
            conditions.add("exists (select 1 from unnest(" + parameters.array(String.class, parts)
                    + ") part where position(part in host(a.address)) > 0)");
        }
        if (conditions.isEmpty()) {
            throw NetworkProblems.badRequest(
                    "Invalid input for operation: 'fixed_ips' filters by ip_address=, subnet_id="
                            + " or ip_address_substr=.");
        }
        return "exists (select 1 from ip_allocation a where a.port_id = p.id and " + String.join(" and ", conditions)
                + ")";
    }

    private static String securityGroups(List<String> values, Filter.Parameters parameters) {
        return "exists (select 1 from port_security_group g where g.port_id = p.id and "
                + Filter.uuid("g.security_group_id").condition(values, parameters) + ")";
    }

    private static List<String> after(String prefix, List<String> values) {
        return values.stream()
                .filter(value -> value.startsWith(prefix))
                .map(value -> value.substring(prefix.length()))
                .toList();
    }

    /** A row of the table with {@code fixed_ips} and {@code security_groups} as JSON beside it. */
    static ObjectNode json(ResultSet row, boolean admin) throws SQLException {
        ObjectNode port = Rows.object();
        port.put("id", row.getString("id"));
        port.put("name", row.getString("name"));
        port.put("network_id", row.getString("network_id"));
        port.put("tenant_id", row.getString("project_id"));
        port.put("mac_address", row.getString("mac_address"));
        port.put("admin_state_up", row.getBoolean("admin_state_up"));
        port.put("status", row.getString("status"));
        port.put("device_id", row.getString("device_id"));
        port.put("device_owner", row.getString("device_owner"));
        port.set("fixed_ips", Rows.json(row, "fixed_ips"));
        port.putArray("allowed_address_pairs");
        port.putArray("extra_dhcp_opts");
        port.set("security_groups", Rows.json(row, "security_groups"));
        port.put("description", row.getString("description"));
        port.put("binding:vnic_type", row.getString("vnic_type"));
        if (admin) {
            port.set("binding:profile", profile(row));
            port.put("binding:host_id", row.getString("binding_host"));
            port.put("binding:vif_type", row.getString("vif_type"));
            port.set("binding:vif_details", Rows.json(row, "vif_details"));
        }
        port.put("port_security_enabled", row.getBoolean("port_security"));
        port.putNull("qos_policy_id");
        port.putNull("qos_network_policy_id");
        if (admin) {
            port.putNull("resource_request");
        }
        Rows.putStandardAttributes(port, row);
        port.put("project_id", row.getString("project_id"));
        return port;
    }

    /** What the user gave, with what Sluice found out over it. */
    private static JsonNode profile(ResultSet row) throws SQLException {
        JsonNode given = Rows.json(row, "binding_profile");
        if (given instanceof ObjectNode merged && Rows.json(row, "binding_facts") instanceof ObjectNode facts) {
            merged.setAll(facts);
            return merged;
        }
        return given;
    }
}
