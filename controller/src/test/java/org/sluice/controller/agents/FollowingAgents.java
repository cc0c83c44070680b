package org.sluice.controller.agents;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.store.Database;
import org.sluice.model.HostId;
import org.sluice.model.NetworkId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredHost;
import org.sluice.model.protocol.DesiredHost.Known;
import org.sluice.model.protocol.DesiredHost.Part;
import org.sluice.model.protocol.DesiredSegment;
import org.sluice.model.protocol.DesiredServer;

/**
 * Agents that fetch what their hosts should do as real ones do, from what they have on. Each time they find that what they were told in
 * parts is what they would have been told as a whole: a change that did not name its server would be missed.
 */
public final class FollowingAgents {
    private final Database database;
    private final DesiredStore store;
    private final Map<HostId, DesiredHost> known = new HashMap<>();

    FollowingAgents(Database database, DesiredStore store) {
        this.database = database;
        this.store = store;
    }

    /** What the host's agent is told now; empty when the host is no member. */
    public Optional<DesiredHost> fetch(HostId host) {
        return database.jdbi().inTransaction(TransactionIsolationLevel.REPEATABLE_READ, handle -> {
            if (Hosts.standing(handle, host).isEmpty()) {
                return Optional.empty();
            }
            Optional<DesiredHost> before = Optional.ofNullable(known.get(host));
            DesiredHost told = store.read(
                    handle,
                    host,
                    before.map(state -> new Known(state.revision(), state.history()))
                            .orElse(Known.NOTHING));
            DesiredHost whole = store.read(handle, host, Known.NOTHING);
            assertThat(byId(
                            told.part().isPresent()
                                    ? with(before.orElseThrow(), told)
                                    : told.inOne().servers()))
                    .as("servers as they were with what was told of since revision %s", told.part())
                    .isEqualTo(byId(whole.inOne().servers()));
            assertThat(told.queries()).isEqualTo(whole.queries());
            assertThat(told.physicalFunctions()).isEqualTo(whole.physicalFunctions());
            assertThat(told.refusalQueries()).isEqualTo(whole.refusalQueries());
            known.put(host, whole);
            return Optional.of(told);
        });
    }

    private static List<DesiredServer> with(DesiredHost before, DesiredHost told) {
        Part part = told.part().orElseThrow();
        Map<NetworkId, DesiredSegment> changed =
                told.changedSegments().stream().collect(Collectors.toMap(DesiredSegment::network, segment -> segment));
        Map<ServerId, DesiredServer> servers = byId(before.inOne().servers());
        servers.replaceAll((_, server) -> server.on(changed));
        servers.putAll(byId(told.inOne().servers()));
        servers.keySet().removeAll(part.gone());
        return List.copyOf(servers.values());
    }

    private static Map<ServerId, DesiredServer> byId(List<DesiredServer> servers) {
        Map<ServerId, DesiredServer> byId = new LinkedHashMap<>();
        servers.forEach(server -> byId.put(server.id(), server));
        return byId;
    }
}
