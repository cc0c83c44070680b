package org.sluice.controller.compute.server;

import static java.util.Objects.requireNonNull;

import org.sluice.controller.http.Exchange;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.server.ServerActions;
import org.sluice.controller.server.Task;
import org.sluice.controller.store.Transactions;

/** Asks for servers to go. Thread-safe. */
public final class ServerDeletion {
    private final Transactions transactions;
    private final Scheduling scheduling;
    private final ServerLookup lookup = new ServerLookup();
    private final ServerActions actions = new ServerActions();

    /**
     * Wires it.
     *
     * @param scheduling tells the server's host
     */
    public ServerDeletion(Transactions transactions, Scheduling scheduling) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.scheduling = requireNonNull(scheduling, "scheduling is null");
    }

    /** Asks for the server that the path names to go; asking twice is as good as once. */
    public void request(Exchange exchange) {
        transactions.use(handle -> {
            Server server = lookup.findToChange(handle, exchange);
            if (!server.state().is(Task.DELETING)) {
                actions.begin(handle, server.id(), "delete", Askers.of(exchange));
                scheduling.requestDelete(handle, server.id());
            }
        });
    }
}
