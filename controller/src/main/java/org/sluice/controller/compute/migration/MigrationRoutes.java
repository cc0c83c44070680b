package org.sluice.controller.compute.migration;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.compute.host.HostStore;
import org.sluice.controller.compute.server.Askers;
import org.sluice.controller.compute.server.Server;
import org.sluice.controller.compute.server.ServerLookup;
import org.sluice.controller.compute.server.ServerRules;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.operation.Resizes;
import org.sluice.controller.server.ServerAction;
import org.sluice.controller.server.Servers;
import org.sluice.controller.store.Transactions;

/**
 * {@code migrate} of {@code POST /servers/ID/action} (Compute API reference, "Migrate server"), which moves a server with its root disk
 * to another host, and {@code /os-migrations}, the record of such moves. A resize that its host has no room for is one too. Thread-safe.
 */
public final class MigrationRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final Resizes moves;
    private final InstantSource clock;
    private final ServerLookup lookup = new ServerLookup();
    private final HostStore hosts = new HostStore();
    private final Servers servers = new Servers();
    private final MigrationStore store = new MigrationStore();

    /**
     * Wires them.
     *
     * @param clock tells for how long a host is silent
     */
    public MigrationRoutes(Transactions transactions, Resizes moves, InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.moves = requireNonNull(moves, "moves is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.rules(List.of(MigrationRules.TO_HOST));
        routes.actions(Links.VERSION_PATH + "/servers/{id}/action")
                .on("migrate", MigrationRules.MIGRATE, this::migrate);
        routes.list(
                Links.VERSION_PATH + "/os-migrations",
                MigrationRules.INDEX,
                MigrationWire.LIST,
                Source.byId(
                        (_, window) -> transactions.run(handle -> store.list(handle, window)),
                        (_, marker) -> transactions.autocommit(handle -> store.find(handle, marker))));
    }

    private Reply migrate(Exchange exchange) {
        Optional<String> host = MigrationWire.host(exchange);
        transactions.use(handle -> {
            Server server = lookup.findToChange(handle, exchange);
            host.ifPresent(name -> requireTarget(handle, exchange, server, name));
            Servers.Held held = servers.hold(handle, server.id()).orElseThrow();
            moves.migrate(handle, held, host, Askers.of(exchange));
            server.host()
                    .ifPresent(from -> lookup.requireHeard(server, from, ServerAction.MIGRATE.text(), clock.instant()));
        });
        return Reply.empty(202);
    }

    private void requireTarget(Handle handle, Exchange exchange, Server server, String host) {
        exchange.require(MigrationRules.TO_HOST, ServerRules.target(server));
        if (hosts.findByName(handle, host).isEmpty()) {
            throw MigrationRules.unknown(host);
        }
        if (server.host().filter(from -> from.name().equals(host)).isPresent()) {
            throw MigrationRules.same(host);
        }
    }
}
