package org.sluice.controller.network.agent;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.controller.network.wire.NetworkWording;

/** Agents as the Network API shows them. */
final class AgentWire {
    private static final String TYPE = "Sluice agent";
    private static final String BINARY = "sluice-agent";
    private static final String TOPIC = "N/A";

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    static final View<Agent> VIEW = View.<Agent>of("agent", "agents")
            .member("id", Agent::id)
            .member("agent_type", agent -> TYPE)
            .member("binary", agent -> BINARY)
            .member("topic", agent -> TOPIC)
            .member("host", Agent::host)
            .member("admin_state_up", Agent::isEnabled)
            .member("created_at", agent -> time(agent.enrolledAt()))
            .member("started_at", agent -> time(agent.enrolledAt()))
            .member("heartbeat_timestamp", agent -> time(agent.heartbeat()))
            .member("description", Agent::description)
            .member("resources_synced", agent -> null)
            .member("availability_zone", agent -> null)
            .member("alive", Agent::isAlive)
            .member("configurations", Agent::configurations)
            .build();

    static final ListQuery<Agent> LIST = ListQuery.of(VIEW)
            .filter("id", Filter.uuid("a.id"))
            .filter("agent_type", Filter.text("'" + TYPE + "'"))
            .filter("binary", Filter.text("'" + BINARY + "'"))
            .filter("topic", Filter.text("'" + TOPIC + "'"))
            .filter("host", Filter.text("a.host"))
            .filter("admin_state_up", Filter.truth("a.enabled"))
            .filter("description", Filter.text("a.description"))
            .filter("alive", Filter.truth("a.alive"))
            .unique("id", "a.id", Agent::id, agent -> agent.id().toString())
            .unknownMarker(NetworkWording.unknownMarker(NetworkProblems::agentNotFound))
            .sort("host", "a.host", Agent::host)
            .sort("admin_state_up", "a.enabled", Agent::isEnabled)
            .sort("created_at", "a.enrolled_at", Agent::enrolledAt)
            .sort("heartbeat_timestamp", "a.heartbeat", Agent::heartbeat)
            .zeroMeansAll()
            .build();

    private AgentWire() {}

    private static String time(Instant time) {
        return TIME.format(time.truncatedTo(ChronoUnit.SECONDS));
    }
}
