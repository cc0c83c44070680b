package org.sluice.controller.network.port;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.Json;
import org.sluice.controller.network.address.IpRange;
import org.sluice.model.NetworkId;
import org.sluice.model.SecurityGroupId;
import org.sluice.model.SubnetId;
import tools.jackson.databind.JsonNode;

/**
 * What making a port asks of its network, read in one statement.
 *
 * @param project the network's owner
 * @param up its {@code admin_state_up}
 * @param portSecurity what its ports have unless they ask for something else
 * @param fabric the layer-2 domain in which MAC addresses are unique: its physical network
 * @param defaultGroup the default security group of the project that asks, if it has one yet
 * @param subnets its subnets: IPv4 first, the oldest first
 */
public record NetworkFacts(
        NetworkId id,
        String project,
        boolean shared,
        boolean external,
        boolean up,
        boolean portSecurity,
        String fabric,
        Optional<SecurityGroupId> defaultGroup,
        List<Subnet> subnets) {
    /** One subnet of the network. */
    public record Subnet(SubnetId id, IpRange block) {}

    /** The network as it is for that project; empty when there is none with that id. */
    public static Optional<NetworkFacts> find(Handle handle, NetworkId network, String projectId) {
        return handle.createQuery("""
                        select n.project_id, n.shared, n.external, n.admin_state_up, n.port_security, n.physical_network,
                            (select g.id from security_group g
                              where g.project_id = :project and g.name = 'default') as default_group,
                            (select jsonb_agg(jsonb_build_array(s.id, text(s.cidr))
                                    order by s.ip_version, s.created_at, s.id)
                               from subnet s where s.network_id = n.id) as subnets
                        from network n where n.id = :id""")
                .bind("id", network.value())
                .bind("project", projectId)
                .map((row, context) -> read(network, row))
                .findOne();
    }

    private static NetworkFacts read(NetworkId network, ResultSet row) throws SQLException {
        List<Subnet> subnets = new ArrayList<>();
        @Nullable String json = row.getString("subnets");
        if (json != null) {
            for (JsonNode subnet : Json.MAPPER.readTree(json)) {
                subnets.add(new Subnet(
                        SubnetId.parse(subnet.path(0).asString()),
                        IpRange.ofCidr(subnet.path(1).asString()).orElseThrow()));
            }
        }
        @Nullable UUID group = row.getObject("default_group", UUID.class);
        return new NetworkFacts(
                network,
                row.getString("project_id"),
                row.getBoolean("shared"),
                row.getBoolean("external"),
                row.getBoolean("admin_state_up"),
                row.getBoolean("port_security"),
                row.getString("physical_network"),
                Optional.ofNullable(group).map(SecurityGroupId::new),
                List.copyOf(subnets));
    }
}
