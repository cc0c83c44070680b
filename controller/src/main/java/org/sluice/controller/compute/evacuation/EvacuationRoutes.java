package org.sluice.controller.compute.evacuation;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.compute.boot.RootImage;
import org.sluice.controller.compute.host.HostRow;
import org.sluice.controller.compute.host.HostStore;
import org.sluice.controller.compute.server.Askers;
import org.sluice.controller.compute.server.Server;
import org.sluice.controller.compute.server.ServerLookup;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.operation.Evacuations;
import org.sluice.controller.server.Claim;
import org.sluice.controller.server.Servers;
import org.sluice.controller.store.Transactions;

/**
 * {@code evacuate} of {@code POST /servers/ID/action} (Compute API reference, "Evacuate server"): a server whose host is down, or
 * was declared down, is built anew on another one with its id, its ports and their addresses; its root disk is made from its image,
 * as Nova does without shared storage. The host keeps what it has of the server, with the guest off, until the other one has it. One that
 * was moved, and nobody has decided about that, goes back to its disk of before; one that is shelved is on no host any more. Thread-safe.
 */
public final class EvacuationRoutes implements ResourceRoutes {
    /** From then on what is evacuated stays off, until somebody has looked at it. */
    private static final int OFF_THERE = 95;

    private final Transactions transactions;
    private final Evacuations evacuations;
    private final InstantSource clock;
    private final ServerLookup lookup = new ServerLookup();
    private final HostStore hosts = new HostStore();
    private final Servers servers = new Servers();

    /**
     * Wires them.
     *
     * @param evacuations has servers built on other hosts
     * @param clock tells which hosts are down
     */
    public EvacuationRoutes(Transactions transactions, Evacuations evacuations, InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.evacuations = requireNonNull(evacuations, "evacuations is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.actions(Links.VERSION_PATH + "/servers/{id}/action")
                .on("evacuate", EvacuationRules.EVACUATE, this::evacuate);
    }

    private Reply evacuate(Exchange exchange) {
        Optional<String> host = EvacuationWire.host(exchange);
        transactions.use(handle -> {
            Server server = lookup.findToChange(handle, exchange);
            server.host().ifPresent(from -> requireDown(from, host));
            host.ifPresent(name -> requireThere(handle, name));
            Servers.Held held = servers.hold(handle, server.id()).orElseThrow();
            switch (Evacuations.way(held)) {
                case IMAGE -> RootImage.require(handle, exchange.access(), server.image(), "the image of the server");
                case DISK_OF_BEFORE ->
                    requireWayBack(
                            handle, server, held.claim(Claim.Role.OUTGOING).orElseThrow(), host);
                case SHELF, NOWHERE -> {
                    // The image that it is shelved in goes with nothing but the server.
                }
            }
            evacuations.begin(handle, server.id(), host, exchange.atLeast(OFF_THERE), Askers.of(exchange));
        });
        return Reply.ok(Map.of());
    }

    private void requireDown(Server.Host from, Optional<String> to) {
        if (to.filter(from.name()::equals).isPresent()) {
            throw EvacuationRules.same(from.name());
        }
        if (from.isUp(clock.instant())) {
            throw EvacuationRules.inUse(from.name());
        }
    }

    /** The host with its disk of before is needed, and its guest must not run on the other one meanwhile. */
    private void requireWayBack(Handle handle, Server server, Claim old, Optional<String> to) {
        HostRow back = hosts.find(handle, old.host()).orElseThrow();
        String from = server.host().map(Server.Host::name).orElseThrow();
        if (!back.isUp(clock.instant())) {
            throw EvacuationRules.bothDown(server.id(), from, back.name());
        }
        if (to.filter(name -> !name.equals(back.name())).isPresent()) {
            throw EvacuationRules.onlyBack(server.id(), back.name());
        }
        if (!server.host().map(Server.Host::forcedDown).orElseThrow()) {
            throw EvacuationRules.mayRunStill(server.id(), from, back.name());
        }
    }

    private void requireThere(Handle handle, String host) {
        if (hosts.findByName(handle, host).isEmpty()) {
            throw EvacuationRules.unknown(host);
        }
    }
}
