package org.sluice.controller.operation;

import static java.util.Objects.requireNonNull;

import org.jdbi.v3.core.Handle;
import org.sluice.controller.server.Hardware;
import org.sluice.controller.server.ServerAction;
import org.sluice.controller.server.ServerActions.Asker;
import org.sluice.controller.server.ServerHardware;
import org.sluice.controller.server.ServerLife;
import org.sluice.controller.server.Servers;
import org.sluice.model.Problem;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.ServerReport.Failure;

/** What may be asked about the resize of a server ({@link Resize} has its steps). Stateless; the caller owns the transaction. */
public final class Resizes {
    private final Operations operations;
    private final Resize workflow;
    private final Servers servers = new Servers();
    private final ServerHardware hardware = new ServerHardware();

    /** Begins and ends them there. */
    public Resizes(Operations operations) {
        this.operations = requireNonNull(operations, "operations is null");
        this.workflow = operations.resize();
    }

    /**
     * Begins one.
     *
     * @throws org.sluice.model.ProblemException 409 when the server's state does not allow it, or its host has no room
     */
    public void begin(Handle handle, Servers.Held server, Hardware to, Asker asker) {
        servers.begin(handle, server, ServerAction.RESIZE, asker);
        Hardware from = hardware.of(handle, server.id());
        if (!workflow.makesRoom(handle, server, from, to)) {
            Failure reason = Resize.noRoom(to);
            throw new Problem(Problem.Kind.CONFLICT, reason.code(), reason.reason(), reason.fix()).asException();
        }
        Power.Level before = server.power().level();
        operations.begin(handle, server.id(), workflow, new Resize.Data(from, to, before, false));
    }

    /**
     * It stays what it has become.
     *
     * @throws org.sluice.model.ProblemException 409 when there is nothing to confirm
     */
    public void confirm(Handle handle, Servers.Held server, Asker asker) {
        Resize.Data data = decided(handle, server, ServerAction.CONFIRM_RESIZE);
        servers.record(handle, server.id(), ServerAction.CONFIRM_RESIZE, asker);
        operations.decide(handle, server.id(), workflow, data.confirm());
    }

    /**
     * It becomes what it was.
     *
     * @throws org.sluice.model.ProblemException 409 when there is nothing to revert
     */
    public void revert(Handle handle, Servers.Held server, Asker asker) {
        Resize.Data data = decided(handle, server, ServerAction.REVERT_RESIZE);
        servers.record(handle, server.id(), ServerAction.REVERT_RESIZE, asker);
        operations.revert(handle, server.id(), workflow);
        servers.become(handle, server.id(), Resize.was(data));
        if (Resize.was(data).task().isEmpty()) {
            // Its host has nothing to do before it is started.
            servers.done(handle, server.id());
        }
    }

    private Resize.Data decided(Handle handle, Servers.Held server, ServerAction action) {
        ServerLife.require(server.id(), server.state(), action);
        return operations
                .data(handle, server.id(), workflow)
                .orElseThrow(() -> ServerLife.refusal(server.id(), server.state(), action.text()));
    }
}
