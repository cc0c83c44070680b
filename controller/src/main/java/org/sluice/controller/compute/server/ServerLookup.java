package org.sluice.controller.compute.server;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Ids;
import org.sluice.model.Problem;
import org.sluice.model.ServerId;

/**
 * Finds the server that a path names: for who may not see it, it is not there; who sees it and may not do what he asks for is
 * told so. Stateless.
 */
public final class ServerLookup {
    private final ServerStore store = new ServerStore();

    /** The server. */
    public Server find(Handle handle, Exchange exchange) {
        return permitted(id(exchange).flatMap(id -> store.find(handle, id)), exchange);
    }

    /** The same, holding the row until the transaction ends. */
    public Server findForUpdate(Handle handle, Exchange exchange) {
        return permitted(id(exchange).flatMap(id -> store.findForUpdate(handle, id)), exchange);
    }

    /**
     * The same, for a change that a lock keeps off.
     *
     * @throws org.sluice.model.ProblemException 409 when it is locked, for all but those who may take off every lock
     */
    public Server findToChange(Handle handle, Exchange exchange) {
        Server server = findForUpdate(handle, exchange);
        if (server.lock().isPresent() && !exchange.may(ServerRules.LOCK_OVERRIDE, ServerRules.target(server))) {
            throw new Problem(
                            Problem.Kind.CONFLICT,
                            "InstanceIsLocked",
                            "Instance " + server.id() + " is locked"
                                    + Optional.ofNullable(server.lock().get().reason())
                                            .map(reason -> " ('" + reason + "').")
                                            .orElse("."),
                            Optional.of("Unlock it first."))
                    .asException();
        }
        return server;
    }

    /**
     * What a silent host is asked for would be under way until it is back, or for ever.
     *
     * @throws org.sluice.model.ProblemException 409 when the agent of the server's host is not heard, or the host was declared
     *     down
     */
    public void requireHeard(Server server, Server.Host host, String action, Instant now) {
        if (!host.isUp(now)) {
            throw new Problem(
                            Problem.Kind.CONFLICT,
                            "HostSilent",
                            "Cannot '" + action + "' instance " + server.id() + " now: its host "
                                    + (host.forcedDown() ? "was declared down." : silence(host, now)),
                            Optional.of(
                                    "Try again when the host is back. When it is not coming back, an operator can have"
                                            + " the server come away from it: openstack server evacuate " + server.id()
                                            + "."))
                    .asException();
        }
    }

    private static String silence(Server.Host host, Instant now) {
        return "has not been heard of"
                + Optional.ofNullable(host.lastSeenAt())
                        .map(at -> " for " + Duration.between(at, now).toSeconds() + " s.")
                        .orElse(" yet.");
    }

    private static Server permitted(Optional<Server> found, Exchange exchange) {
        Server server = found.filter(each -> exchange.may(ServerRules.SHOW, ServerRules.target(each)))
                .orElseThrow(() -> Problems.notFound(
                        "InstanceNotFound", "Instance " + exchange.path("id") + " could not be found."));
        exchange.require(ServerRules.target(server));
        return server;
    }

    private static Optional<ServerId> id(Exchange exchange) {
        return Ids.parse(exchange.path("id")).map(ServerId::new);
    }
}
