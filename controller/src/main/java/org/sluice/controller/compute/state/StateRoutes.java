package org.sluice.controller.compute.state;

import static java.util.Objects.requireNonNull;
import static org.sluice.controller.compute.wire.ComputeRules.admin;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.compute.server.Askers;
import org.sluice.controller.compute.server.Server;
import org.sluice.controller.compute.server.ServerLookup;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.operation.Operations;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.server.ServerActions;
import org.sluice.controller.server.ServerLife;
import org.sluice.controller.server.ServerStatus;
import org.sluice.controller.server.Servers;
import org.sluice.controller.server.Task;
import org.sluice.controller.store.Transactions;
import org.sluice.model.protocol.ServerReport.Failure;

/** {@code os-resetState} of {@code POST /servers/ID/action} (Compute API reference, "Servers - run an administrative action"). Thread-safe. */
public final class StateRoutes implements ResourceRoutes {
    private static final Rule RESET = admin("os-admin-actions:reset_state", "Say what state a server is in.");

    private final Operations operations;
    private final Transactions transactions;
    private final ServerLookup lookup = new ServerLookup();
    private final Servers servers = new Servers();
    private final ServerActions actions = new ServerActions();

    /** Wires them; what is under way with a server ends there. */
    public StateRoutes(Transactions transactions, Operations operations) {
        this.operations = requireNonNull(operations, "operations is null");
        this.transactions = requireNonNull(transactions, "transactions is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.actions(Links.VERSION_PATH + "/servers/{id}/action").on("os-resetState", RESET, this::reset);
    }

    private Reply reset(Exchange exchange) {
        String state = exchange.body("os-resetState")
                .onlyKnows(Set.of("state"))
                .needs("state")
                .oneOf("state", List.of("active", "error"))
                .orElseThrow();
        transactions.use(handle -> {
            Server server = lookup.findForUpdate(handle, exchange);
            Servers.Held held = servers.hold(handle, server.id()).orElseThrow();
            if (state.equals("active")) {
                held.requireSomewhere(Servers.RESET);
            }
            if (isNeither(handle, held) || (state.equals("active") && !held.isPresent())) {
                throw ServerLife.refusal(held.id(), held.state(), Servers.RESET);
            }
            boolean _ = operations.fail(
                    handle,
                    held.id(),
                    new Failure("StateReset", "An operator said what state the server is in.", Optional.empty()));
            if (operations.isUnderWay(handle, held.id())) {
                // It is on its way back, and its guest may run in the other place until that has given it up.
                actions.done(handle, held.id(), Servers.RESET, Askers.of(exchange));
                return;
            }
            servers.reset(
                    handle,
                    held.state(),
                    servers.hold(handle, held.id()).orElseThrow(),
                    state.equals("active") ? ServerStatus.ACTIVE : ServerStatus.ERROR,
                    Askers.of(exchange));
        });
        return Reply.empty(202);
    }

    /**
     * What is not built yet, is on its way out or back, or keeps what it was until somebody decides, is neither active nor an error:
     * what follows hangs on what it is.
     */
    private boolean isNeither(Handle handle, Servers.Held held) {
        return held.state().status() == ServerStatus.BUILD
                || held.state().status() == ServerStatus.RESIZED
                || held.state().is(Task.DELETING)
                || held.isShelved()
                || (held.state().is(Task.RESIZE_REVERTING) && operations.isUnderWay(handle, held.id()));
    }
}
