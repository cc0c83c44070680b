package org.sluice.controller.fleet.standing;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.http.list.Window;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.scheduling.Scheduling.Elsewhere;
import org.sluice.controller.store.Transactions;
import org.sluice.model.HostId;
import org.sluice.model.ServerId;

/** {@code /hosts/NAME/servers}: what is to be moved or ended before a host can go. Thread-safe. */
public final class StandingServerRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final Scheduling scheduling;
    private final StandingServerStore store = new StandingServerStore();

    /**
     * Wires them.
     *
     * @param scheduling knows which hosts would take a server
     */
    public StandingServerRoutes(Transactions transactions, Scheduling scheduling) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.scheduling = requireNonNull(scheduling, "scheduling is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.list(
                "/hosts/{name}/servers",
                StandingServerRules.LIST,
                StandingServerWire.LIST,
                Source.byId(
                        (exchange, window) -> transactions.run(handle -> list(handle, exchange, window)),
                        (exchange, server) -> transactions.run(handle -> find(handle, exchange, server))));
    }

    private List<StandingServer> list(Handle handle, Exchange exchange, Window window) {
        HostId host = host(handle, exchange);
        List<StandingServer> standing = store.list(handle, host, window);
        Map<ServerId, Elsewhere> elsewhere = scheduling.elsewhere(
                handle,
                host,
                standing.stream().map(server -> new ServerId(server.id())).toList());
        return standing.stream()
                .map(server -> server.with(elsewhere.getOrDefault(new ServerId(server.id()), server.elsewhere())))
                .toList();
    }

    private Optional<StandingServer> find(Handle handle, Exchange exchange, UUID server) {
        return store.find(handle, host(handle, exchange), server);
    }

    private HostId host(Handle handle, Exchange exchange) {
        String name = exchange.path("name");
        return Hosts.find(handle, name).orElseThrow(() -> StandingServerRules.unknown(name));
    }
}
