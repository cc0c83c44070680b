package org.sluice.controller.operation;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.scheduling.Placement;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.server.Claim;
import org.sluice.controller.server.Hardware;
import org.sluice.controller.server.Migrations;
import org.sluice.controller.server.ServerAction;
import org.sluice.controller.server.ServerActions.Asker;
import org.sluice.controller.server.ServerHardware;
import org.sluice.controller.server.ServerLife;
import org.sluice.controller.server.Servers;
import org.sluice.model.HostId;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.ServerReport.Failure;

/**
 * What may be asked about the resize and the move of a server ({@link Resize} and {@link Move} have their steps). Stateless; the caller
 * owns the transaction, which must be rolled back when something is refused.
 */
public final class Resizes {
    private final Operations operations;
    private final Resize resize;
    private final Move move;
    private final Servers servers = new Servers();
    private final ServerHardware hardware = new ServerHardware();
    private final Migrations migrations = new Migrations();

    /**
     * Begins and ends them there.
     *
     * @param scheduling gives servers their place
     */
    public Resizes(Operations operations, Scheduling scheduling) {
        this.operations = requireNonNull(operations, "operations is null");
        this.resize = new Resize(scheduling);
        this.move = new Move(scheduling);
    }

    /**
     * Has a server become that: on its host where that has room for what it was and what it becomes, on another one where not.
     *
     * @throws ProblemException 409 when the server's state does not allow it, or no host has room
     */
    public void begin(Handle handle, Servers.Held server, Hardware to, Asker asker) {
        servers.begin(handle, server, ServerAction.RESIZE, asker);
        Hardware from = hardware.of(handle, server.id());
        if (resize.makesRoom(handle, server, from, to)) {
            operations.begin(
                    handle,
                    server.id(),
                    resize,
                    new Change(from, to, server.power().level(), false, Optional.empty()));
        } else {
            move(handle, server, from, to, Optional.empty(), Migrations.Type.RESIZE, asker);
        }
    }

    /**
     * Has a server go to another host.
     *
     * @param host name of the only one wanted
     * @throws ProblemException 409 when the server's state does not allow it, or no other host takes it
     */
    public void migrate(Handle handle, Servers.Held server, Optional<String> host, Asker asker) {
        servers.begin(handle, server, ServerAction.MIGRATE, asker);
        Hardware same = hardware.of(handle, server.id());
        move(handle, server, same, same, host, Migrations.Type.MIGRATION, asker);
    }

    private void move(
            Handle handle,
            Servers.Held server,
            Hardware from,
            Hardware to,
            Optional<String> host,
            Migrations.Type type,
            Asker asker) {
        ImageId image = ImageId.random();
        HostId destination = switch (move.place(handle, server, to, image, host)) {
            case Placement.Placed placed -> placed.host();
            case Placement.Refused refused ->
                throw refusal(refused.problem(), to, type).asException();
        };
        migrations.begin(handle, server.id(), type, server.host().orElseThrow(), destination, asker);
        operations.begin(
                handle, server.id(), move, new Change(from, to, server.power().level(), false, Optional.of(image)));
    }

    private static Problem refusal(Problem elsewhere, Hardware to, Migrations.Type type) {
        return switch (type) {
            case MIGRATION -> elsewhere;
            case RESIZE -> {
                Failure here = Resize.noRoom(to);
                yield new Problem(
                        Problem.Kind.CONFLICT,
                        here.code(),
                        here.reason() + " On others: " + elsewhere.sentence(),
                        here.fix());
            }
        };
    }

    /**
     * It stays what it has become, where it is.
     *
     * @throws ProblemException 409 when there is nothing to confirm
     */
    public void confirm(Handle handle, Servers.Held server, Asker asker) {
        Workflow<Change> workflow = undecided(handle, server, ServerAction.CONFIRM_RESIZE);
        servers.record(handle, server.id(), ServerAction.CONFIRM_RESIZE, asker);
        Change change = operations.data(handle, server.id(), workflow).orElseThrow();
        operations.decide(handle, server.id(), workflow, change.confirm());
    }

    /**
     * It becomes what it was, where it was.
     *
     * @throws ProblemException 409 when there is nothing to revert, or the host where it was is gone
     */
    public void revert(Handle handle, Servers.Held server, Asker asker) {
        Workflow<Change> workflow = undecided(handle, server, ServerAction.REVERT_RESIZE);
        if (workflow == move && server.claim(Claim.Role.OUTGOING).isEmpty()) {
            throw goneBehind(server.id());
        }
        servers.record(handle, server.id(), ServerAction.REVERT_RESIZE, asker);
        migrations.become(handle, server.id(), Migrations.Status.REVERTED);
        operations.revert(handle, server.id(), workflow);
    }

    private Workflow<Change> undecided(Handle handle, Servers.Held server, ServerAction action) {
        server.require(action);
        if (operations.data(handle, server.id(), resize).isPresent()) {
            return resize;
        }
        if (operations.data(handle, server.id(), move).isPresent()) {
            return move;
        }
        throw ServerLife.refusal(server.id(), server.state(), action.text());
    }

    private static ProblemException goneBehind(ServerId server) {
        return new Problem(
                        Problem.Kind.CONFLICT,
                        "HostLost",
                        "Instance " + server + " cannot go back: the host where it was was removed.",
                        Optional.of("Confirm that it stays: openstack server resize confirm " + server + "."))
                .asException();
    }
}
