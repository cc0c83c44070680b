package org.sluice.controller.operation;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.scheduling.Placement;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.server.ServerAction;
import org.sluice.controller.server.ServerActions.Asker;
import org.sluice.controller.server.ServerLife;
import org.sluice.controller.server.Servers;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.ServerReport.Failure;

/**
 * Has servers built anew elsewhere, their hosts being down ({@link Evacuation} has the steps). Stateless; the caller owns the
 * transaction, which must be rolled back when something is refused.
 */
public final class Evacuations {
    private static final Failure EVACUATED = new Failure(
            "Evacuated",
            "Its host was down before that was done, and the server was evacuated.",
            Optional.of("Ask again when the server stands on its new host."));

    private final Operations operations;
    private final Scheduling scheduling;
    private final Evacuation evacuation;
    private final Servers servers = new Servers();

    /** Begins them there. */
    public Evacuations(Operations operations, Scheduling scheduling) {
        this.operations = requireNonNull(operations, "operations is null");
        this.scheduling = requireNonNull(scheduling, "scheduling is null");
        this.evacuation = new Evacuation(scheduling);
    }

    /**
     * Has a server built anew on another host. What is under way with it waits for the host that is down: it ends, and the record says
     * why. The caller has seen to it that the host is down.
     *
     * @param host name of the only one wanted
     * @throws ProblemException 409 when the server's state does not allow it, a host where it was before has not given it up, or no other
     *     host takes it
     */
    public void begin(Handle handle, ServerId id, Optional<String> host, Asker asker) {
        Servers.Held asked = servers.hold(handle, id).orElseThrow();
        ServerLife.require(id, asked.state(), ServerAction.EVACUATE);
        boolean _ = operations.fail(handle, id, EVACUATED);
        servers.interrupted(handle, servers.hold(handle, id).orElseThrow(), EVACUATED);
        Servers.Held server = servers.hold(handle, id).orElseThrow();
        servers.begin(handle, server, ServerAction.EVACUATE, asker);
        if (scheduling.reserveElsewhere(handle, server, host) instanceof Placement.Refused refused) {
            throw refused.problem().asException();
        }
        operations.begin(
                handle,
                id,
                evacuation,
                new Evacuation.Left(
                        server.claim().orElseThrow().generation(),
                        server.power().level(),
                        server.shelf().isEmpty() && servers.hasStood(handle, id)));
    }
}
