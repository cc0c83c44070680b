package org.sluice.controller.operation;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.scheduling.Placement;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.server.Claim;
import org.sluice.controller.server.ServerAction;
import org.sluice.controller.server.ServerActions.Asker;
import org.sluice.controller.server.ServerLife;
import org.sluice.controller.server.ServerState;
import org.sluice.controller.server.ServerStatus;
import org.sluice.controller.server.Servers;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.ServerReport.Failure;

/**
 * Has servers come away from their hosts, which are down ({@link Evacuation} has the steps of what is built anew). Stateless; the caller
 * owns the transaction, which must be rolled back when something is refused.
 */
public final class Evacuations {
    private static final Failure EVACUATED = new Failure(
            "Evacuated",
            "Its host was down before that was done, and the server was evacuated.",
            Optional.of("Ask again when the server stands on its new host."));

    private final Operations operations;
    private final Resizes resizes;
    private final Scheduling scheduling;
    private final Evacuation evacuation;
    private final Servers servers = new Servers();

    /** Where what comes away from a host goes on from. */
    public enum Way {
        /** The image that it was made from; a resize that nobody has decided about stays. */
        IMAGE,
        /** The image that it is shelved in. */
        SHELF,
        /** It was moved, and nobody has decided about that: its disk of before is on the host where it was. */
        DISK_OF_BEFORE,
        /** It is shelved, and is on no host from now on. */
        NOWHERE
    }

    /** Begins them there. */
    public Evacuations(Operations operations, Scheduling scheduling) {
        this.operations = requireNonNull(operations, "operations is null");
        this.scheduling = requireNonNull(scheduling, "scheduling is null");
        this.evacuation = new Evacuation(scheduling);
        this.resizes = new Resizes(operations, scheduling);
    }

    /** What would go on from where, if that were evacuated now. */
    public static Way way(Servers.Held server) {
        if (server.isShelved()) {
            return Way.NOWHERE;
        }
        if (server.state().equals(ServerState.at(ServerStatus.RESIZED))) {
            return server.claim(Claim.Role.OUTGOING).isPresent() ? Way.DISK_OF_BEFORE : Way.IMAGE;
        }
        return server.shelf().isPresent() ? Way.SHELF : Way.IMAGE;
    }

    /**
     * Has a server come away from its host. What is under way with it waits for the host that is down: it ends, and the record says
     * why. The caller has seen to it that the host is down, and that one that goes back can ({@link Way#DISK_OF_BEFORE}).
     *
     * @param host name of the only one wanted
     * @param off whether what is built anew stays off there, whatever it was; where that cannot be, it is where it was what it was
     * @throws ProblemException 409 when the server's state does not allow it, a host where it was before has not given it up, or no other
     *     host takes it
     */
    public void begin(Handle handle, ServerId id, Optional<String> host, boolean off, Asker asker) {
        Servers.Held asked = servers.hold(handle, id).orElseThrow();
        asked.require(ServerAction.EVACUATE);
        switch (way(asked)) {
            case NOWHERE -> scheduling.leaveBehind(handle, asked, asker);
            case DISK_OF_BEFORE -> resizes.revert(handle, asked, asker);
            case IMAGE, SHELF -> {
                if (asked.state().equals(ServerState.at(ServerStatus.RESIZED))) {
                    // What it was is nowhere else.
                    resizes.confirm(handle, asked, asker);
                }
                buildAnew(handle, id, host, off, asker);
            }
        }
    }

    private void buildAnew(Handle handle, ServerId id, Optional<String> host, boolean off, Asker asker) {
        boolean _ = operations.fail(handle, id, EVACUATED);
        Servers.Held waiting = servers.hold(handle, id).orElseThrow();
        Power.Level level = ServerLife.anew(waiting.state(), waiting.power());
        servers.endRescue(handle, waiting);
        servers.interrupted(handle, waiting, EVACUATED);
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
                        level,
                        server.shelf().isEmpty() && servers.hasStood(handle, id),
                        off ? Optional.of(Power.Level.STOPPED) : Optional.empty()));
    }
}
