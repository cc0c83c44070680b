package org.sluice.controller.compute.lock;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.Set;
import org.sluice.controller.compute.server.Askers;
import org.sluice.controller.compute.server.Server;
import org.sluice.controller.compute.server.Server.Lock;
import org.sluice.controller.compute.server.ServerLookup;
import org.sluice.controller.compute.server.ServerRules;
import org.sluice.controller.compute.server.ServerStore;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.compute.wire.Names;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.server.ServerActions;
import org.sluice.controller.store.Transactions;

/**
 * {@code lock} and {@code unlock} of {@code POST /servers/ID/action} (Compute API reference, "Servers - run an action"). What an
 * operator locked, the server's project does not unlock. Thread-safe.
 */
public final class LockRoutes implements ResourceRoutes {
    /** From here on a lock may have a reason. */
    private static final int WITH_REASON = 73;

    private final Transactions transactions;
    private final ServerLookup lookup = new ServerLookup();
    private final ServerStore store = new ServerStore();
    private final ServerActions actions = new ServerActions();

    public LockRoutes(Transactions transactions) {
        this.transactions = requireNonNull(transactions, "transactions is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.actions(Links.VERSION_PATH + "/servers/{id}/action")
                .on("lock", LockRules.LOCK, this::lock)
                .on("unlock", LockRules.UNLOCK, this::unlock);
    }

    private Reply lock(Exchange exchange) {
        Optional<String> reason = reason(exchange);
        transactions.use(handle -> {
            Server server = lookup.findForUpdate(handle, exchange);
            Lock wanted = new Lock(by(exchange, server), reason.orElse(null));
            if (wanted.by() == Lock.By.OWNER && isHeldByOperator(server)) {
                // It is locked, and whoever could take an operator's lock over could take it off.
                return;
            }
            store.lock(handle, server.id(), Optional.of(wanted));
            actions.done(handle, server.id(), "lock", Askers.of(exchange));
        });
        return Reply.empty(202);
    }

    private static Optional<String> reason(Exchange exchange) {
        if (exchange.atLeast(WITH_REASON) && exchange.body().isSet("lock")) {
            return exchange.body("lock")
                    .onlyKnows(Set.of("locked_reason"))
                    .optionalText("locked_reason", 1, Names.LONGEST);
        }
        exchange.body().refuseValue("lock", "it takes nothing before microversion 2.73");
        return Optional.empty();
    }

    private Reply unlock(Exchange exchange) {
        exchange.body().refuseValue("unlock", "it takes nothing");
        transactions.use(handle -> {
            Server server = lookup.findForUpdate(handle, exchange);
            if (isHeldByOperator(server) && by(exchange, server) == Lock.By.OWNER) {
                exchange.require(ServerRules.LOCK_OVERRIDE, ServerRules.target(server));
            }
            store.lock(handle, server.id(), Optional.empty());
            actions.done(handle, server.id(), "unlock", Askers.of(exchange));
        });
        return Reply.empty(202);
    }

    private static boolean isHeldByOperator(Server server) {
        return server.lock().filter(lock -> lock.by() == Lock.By.ADMIN).isPresent();
    }

    /** As in nova, it is the caller's project that says as who he comes. */
    private static Lock.By by(Exchange exchange, Server server) {
        return exchange.caller().projectId().equals(server.projectId()) ? Lock.By.OWNER : Lock.By.ADMIN;
    }
}
