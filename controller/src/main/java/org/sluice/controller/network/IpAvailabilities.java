package org.sluice.controller.network;

import static java.util.Objects.requireNonNull;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.store.Transactions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** How many addresses each network has and has given. For admins. Thread-safe. */
final class IpAvailabilities {
    private static final String SELECT = """
            select n.id as network_id, n.name as network_name, n.project_id, s.id as subnet_id, s.name as subnet_name,
                s.ip_version, text(s.cidr) as cidr,
                (select count(*) from ip_allocation a where a.subnet_id = s.id) as used,
                (select coalesce(jsonb_agg(jsonb_build_object('start', host(p.first), 'end', host(p.last))), '[]')
                 from allocation_pool p where p.subnet_id = s.id) as pools
            from network n left join subnet s on s.network_id = n.id
            order by n.id, s.created_at, s.id
            """;

    private final Transactions transactions;

    IpAvailabilities(Transactions transactions) {
        this.transactions = requireNonNull(transactions, "transactions is null");
    }

    void register(Routes routes) {
        routes.get("/v2.0/network-ip-availabilities", this::list)
                .get("/v2.0/network-ip-availabilities/{id}", this::show);
    }

    private Reply list(Exchange exchange) {
        requireAdmin(exchange, "get_network_ip_availabilities");
        List<ObjectNode> found = transactions.run(handle -> read(handle, exchange.query("ip_version")));
        found.removeIf(network -> !matches(exchange, "network_id", network, "network_id")
                || !matches(exchange, "network_name", network, "network_name")
                || !matches(exchange, "project_id", network, "project_id")
                || !matches(exchange, "tenant_id", network, "project_id"));
        return Reply.ok(Map.of("network_ip_availabilities", found));
    }

    private Reply show(Exchange exchange) {
        requireAdmin(exchange, "get_network_ip_availability");
        String id = exchange.path("id");
        return transactions.run(handle -> read(handle, Optional.empty())).stream()
                .filter(network -> network.path("network_id").asString().equals(id))
                .findFirst()
                .map(network -> Reply.ok(Map.of("network_ip_availability", network)))
                .orElseThrow(() -> NetworkProblems.networkNotFound(id));
    }

    private static boolean matches(Exchange exchange, String parameter, ObjectNode network, String member) {
        List<String> wanted = exchange.queryAll(parameter);
        return wanted.isEmpty() || wanted.contains(network.path(member).asString());
    }

    private static void requireAdmin(Exchange exchange, String rule) {
        if (!exchange.caller().isAdmin()) {
            throw NetworkProblems.disallowed(rule);
        }
    }

    private static List<ObjectNode> read(Handle handle, Optional<String> version) {
        Map<UUID, ObjectNode> networks = new LinkedHashMap<>();
        handle.createQuery(SELECT)
                .map((row, context) -> {
                    UUID id = row.getObject("network_id", UUID.class);
                    ObjectNode network = networks.get(id);
                    if (network == null) {
                        network = Rows.object();
                        network.put("network_id", id.toString());
                        network.put("network_name", row.getString("network_name"));
                        network.put("tenant_id", row.getString("project_id"));
                        network.put("project_id", row.getString("project_id"));
                        network.putArray("subnet_ip_availability");
                        network.put("used_ips", 0L);
                        network.put("total_ips", BigInteger.ZERO);
                        networks.put(id, network);
                    }
                    if (row.getString("subnet_id") != null
                            && version.map(row.getString("ip_version")::equals).orElse(true)) {
                        ObjectNode subnet = Rows.object();
                        subnet.put("subnet_id", row.getString("subnet_id"));
                        subnet.put("ip_version", row.getInt("ip_version"));
                        subnet.put("cidr", row.getString("cidr"));
                        subnet.put("subnet_name", row.getString("subnet_name"));
                        subnet.put("used_ips", row.getLong("used"));
                        subnet.put("total_ips", sizeOf(Rows.json(row, "pools")));
                        add(network, subnet);
                    }
                    return id;
                })
                .list();
        return new ArrayList<>(networks.values());
    }

    private static BigInteger sizeOf(JsonNode pools) {
        BigInteger size = BigInteger.ZERO;
        for (JsonNode pool : pools) {
            size = size.add(IpRange.between(
                            pool.path("start").asString(), pool.path("end").asString())
                    .orElseThrow()
                    .size());
        }
        return size;
    }

    private static void add(ObjectNode network, ObjectNode subnet) {
        if (network.get("subnet_ip_availability") instanceof ArrayNode subnets) {
            subnets.add(subnet);
        }
        network.put(
                "used_ips",
                network.path("used_ips").asLong() + subnet.path("used_ips").asLong());
        network.put(
                "total_ips",
                network.path("total_ips")
                        .bigIntegerValue()
                        .add(subnet.path("total_ips").bigIntegerValue()));
    }
}
