package org.sluice.controller.compute.server;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.network.binding.ShownNic;
import org.sluice.model.ServerId;

/** Servers with what is shown of them beside their rows. Thread-safe; callers own the transaction. */
public final class WholeServers {
    private final ServerPorts ports;
    private final InstantSource clock;

    /**
     * Reads through those.
     *
     * @param ports the servers' NICs
     * @param clock tells when they are looked at
     */
    public WholeServers(ServerPorts ports, InstantSource clock) {
        this.ports = requireNonNull(ports, "ports is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** One of them. */
    public Whole of(Handle handle, Server server) {
        return of(handle, List.of(server)).getFirst();
    }

    /** Those servers, in their order. */
    List<Whole> of(Handle handle, List<Server> servers) {
        Instant now = clock.instant();
        Map<ServerId, List<ShownNic>> nics = ports
                .shown(handle, servers.stream().map(Server::id).toList())
                .stream()
                .collect(Collectors.groupingBy(ShownNic::server));
        return servers.stream()
                .map(server -> new Whole(server, nics.getOrDefault(server.id(), List.of()), now))
                .toList();
    }
}
