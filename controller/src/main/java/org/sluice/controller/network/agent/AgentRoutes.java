package org.sluice.controller.network.agent;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Ids;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.controller.store.Transactions;
import org.sluice.model.AgentSilence;

/** {@code /agents} (Networking API reference, "Agents"): the agents of the hosts, one a host. Thread-safe. */
public final class AgentRoutes implements ResourceRoutes {
    private static final String ROOT = "/v2.0/agents";

    private final Transactions transactions;
    private final InstantSource clock;
    private final AgentStore store = new AgentStore();

    public AgentRoutes(Transactions transactions, InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.list(ROOT, AgentRules.GET, AgentWire.LIST, source());
        routes.get(ROOT + "/{id}", AgentRules.GET, this::show).asks("fields");
    }

    private Source<Agent> source() {
        return Source.of(
                (_, window) -> transactions.run(handle -> store.list(handle, upSince(), window)),
                (_, marker) -> find(marker));
    }

    private Reply show(Exchange exchange) {
        String id = exchange.path("id");
        return AgentWire.VIEW.ok(find(id).orElseThrow(() -> NetworkProblems.agentNotFound(id)), exchange);
    }

    private Optional<Agent> find(String text) {
        return Ids.parse(text).flatMap(id -> transactions.autocommit(handle -> store.find(handle, upSince(), id)));
    }

    private Instant upSince() {
        return AgentSilence.upSince(clock.instant());
    }
}
