package org.sluice.controller.compute.rebuild;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.compute.boot.RootImage;
import org.sluice.controller.compute.keypair.KeyPair;
import org.sluice.controller.compute.keypair.KeyPairStore;
import org.sluice.controller.compute.server.Askers;
import org.sluice.controller.compute.server.Server;
import org.sluice.controller.compute.server.ServerLookup;
import org.sluice.controller.compute.server.ServerStore;
import org.sluice.controller.compute.server.ServerWire;
import org.sluice.controller.compute.server.Whole;
import org.sluice.controller.compute.server.WholeServers;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.image.image.ImageRecord;
import org.sluice.controller.server.ServerAction;
import org.sluice.controller.server.Servers;
import org.sluice.controller.store.Transactions;

/**
 * {@code rebuild} of {@code POST /servers/ID/action} (Compute API reference, "Rebuild server"): the root disk is made anew, from
 * another image or the same; id, claim, ports and VFs stay. Thread-safe.
 */
public final class RebuildRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final WholeServers whole;
    private final InstantSource clock;
    private final ServerLookup lookup = new ServerLookup();
    private final ServerStore store = new ServerStore();
    private final KeyPairStore keys = new KeyPairStore();
    private final Servers servers = new Servers();

    /**
     * Wires them.
     *
     * @param whole reads what is shown of servers
     * @param clock time of changes
     */
    public RebuildRoutes(Transactions transactions, WholeServers whole, InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.whole = requireNonNull(whole, "whole is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.actions(Links.VERSION_PATH + "/servers/{id}/action").on("rebuild", RebuildRules.REBUILD, this::rebuild);
    }

    private Reply rebuild(Exchange exchange) {
        RebuildRequest request = RebuildRequestReader.read(exchange);
        Whole shown = transactions.run(handle -> {
            Server server = lookup.findToChange(handle, exchange);
            servers.ask(
                    handle, servers.hold(handle, server.id()).orElseThrow(), ServerAction.REBUILD, Askers.of(exchange));
            server.host().ifPresent(host -> lookup.requireHeard(server, host, "rebuild", clock.instant()));
            remake(handle, exchange, server, request);
            return whole.of(handle, lookup.find(handle, exchange));
        });
        return ServerWire.UPDATED.reply(202, shown, exchange);
    }

    private void remake(Handle handle, Exchange exchange, Server server, RebuildRequest request) {
        ImageRecord image = RootImage.require(handle, exchange.access(), request.image(), "imageRef");
        RootImage.requireRoom(image, "imageRef", server.memoryMib(), store.rootGib(handle, server.id()));
        @Nullable String keyName = server.keyName();
        @Nullable String publicKey = store.publicKey(handle, server.id()).orElse(null);
        if (request.key().isPresent()) {
            Optional<KeyPair> key = request.key().get().map(name -> key(handle, exchange, name));
            keyName = key.map(KeyPair::name).orElse(null);
            publicKey = key.map(KeyPair::publicKey).orElse(null);
        }
        Map<String, String> metadata = request.metadata().orElse(server.metadata());
        store.remake(
                handle,
                server.id(),
                request.image(),
                RootImage.facts(image),
                metadata,
                keyName,
                publicKey,
                request.userData()
                        .orElse(Optional.ofNullable(server.userData()))
                        .orElse(null));
        store.describe(
                handle,
                server.id(),
                request.name().orElse(server.name()),
                request.hostname().orElse(server.hostname()),
                request.description()
                        .orElse(Optional.ofNullable(server.description()))
                        .orElse(null),
                request.diskConfig().orElse(server.diskConfig()),
                clock.instant());
    }

    /** Of the one who asks, as at a boot. */
    private KeyPair key(Handle handle, Exchange exchange, String name) {
        return keys.find(handle, exchange.caller().userId(), name)
                .orElseThrow(() -> Problems.badRequest("KeypairNotFound", "Invalid key_name provided."));
    }
}
