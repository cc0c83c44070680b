package org.sluice.controller.network;

import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Ids;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.store.Transactions;
import org.sluice.model.Problem.Kind;
import tools.jackson.databind.node.ObjectNode;

/** The agents of the hosts, one a host, as the Network API lists agents. For admins. Thread-safe. */
final class Agents {
    /** An agent that was silent for longer is shown as not alive (Neutron's agent_down_time). */
    private static final Duration SILENCE = Duration.ofSeconds(75);

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final String SELECT = """
            select h.*,
                (select coalesce(jsonb_object_agg(u.physical_network, u.interface), '{}')
                 from bridge_uplink u where u.host_id = h.id) as interface_mappings,
                (select coalesce(jsonb_object_agg(f.physical_network, f.names), '{}')
                 from (select physical_network, jsonb_agg(name order by name) as names from physical_function
                       where host_id = h.id and physical_network is not null group by physical_network) f)
                    as device_mappings,
                (select count(*) from port p where p.binding_host_id = h.id) as devices
            from host h
            """;

    private final Transactions transactions;
    private final InstantSource clock;

    Agents(Transactions transactions, InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    void register(Routes routes) {
        routes.get("/v2.0/agents", this::list).get("/v2.0/agents/{id}", this::show);
    }

    private Reply list(Exchange exchange) {
        requireAdmin(exchange);
        Instant now = clock.instant();
        Optional<String> host = exchange.query("host");
        List<ObjectNode> agents = transactions.run(handle -> handle.createQuery(SELECT + " order by h.id")
                .map((row, context) -> json(row, now))
                .list());
        return Reply.ok(Map.of(
                "agents",
                agents.stream()
                        .filter(agent ->
                                host.map(agent.path("host").asString()::equals).orElse(true))
                        .toList()));
    }

    private Reply show(Exchange exchange) {
        requireAdmin(exchange);
        String text = exchange.path("id");
        Optional<UUID> id = Ids.parse(text);
        Instant now = clock.instant();
        return id.flatMap(value -> transactions.run(handle -> handle.createQuery(SELECT + " where h.id = :id")
                        .bind("id", value)
                        .map((row, context) -> json(row, now))
                        .findOne()))
                .map(agent -> Reply.ok(Map.of("agent", agent)))
                .orElseThrow(() ->
                        NetworkProblems.of(Kind.NOT_FOUND, "AgentNotFound", "Agent " + text + " could not be found."));
    }

    private static void requireAdmin(Exchange exchange) {
        if (!exchange.caller().isAdmin()) {
            throw NetworkProblems.disallowed("get_agent");
        }
    }

    private static ObjectNode json(ResultSet row, Instant now) throws SQLException {
        Instant enrolled = row.getObject("enrolled_at", OffsetDateTime.class).toInstant();
        @Nullable OffsetDateTime seen = row.getObject("last_seen_at", OffsetDateTime.class);
        Instant heartbeat = seen == null ? enrolled : seen.toInstant();
        ObjectNode agent = Rows.object();
        agent.put("id", row.getString("id"));
        agent.put("agent_type", "Sluice agent");
        agent.put("binary", "sluice-agent");
        agent.put("topic", "N/A");
        agent.put("host", row.getString("name"));
        agent.put("admin_state_up", row.getBoolean("enabled"));
        agent.put("created_at", TIME.format(enrolled.truncatedTo(ChronoUnit.SECONDS)));
        agent.put("started_at", TIME.format(enrolled.truncatedTo(ChronoUnit.SECONDS)));
        agent.put("heartbeat_timestamp", TIME.format(heartbeat.truncatedTo(ChronoUnit.SECONDS)));
        agent.put("description", row.getString("disabled_reason"));
        agent.putNull("resources_synced");
        agent.putNull("availability_zone");
        agent.put("alive", seen != null && heartbeat.plus(SILENCE).isAfter(now));
        ObjectNode configurations = agent.putObject("configurations");
        configurations.set("interface_mappings", Rows.json(row, "interface_mappings"));
        configurations.set("device_mappings", Rows.json(row, "device_mappings"));
        configurations.put("devices", row.getInt("devices"));
        return agent;
    }
}
