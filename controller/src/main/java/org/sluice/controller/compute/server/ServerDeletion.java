package org.sluice.controller.compute.server;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.store.Transactions;

/** Asks for servers to go. Thread-safe. */
public final class ServerDeletion {
    private final Transactions transactions;
    private final Scheduling scheduling;
    private final InstantSource clock;
    private final ServerLookup lookup = new ServerLookup();
    private final ServerStore store = new ServerStore();

    /**
     * Wires it.
     *
     * @param scheduling tells the server's host
     * @param clock time of the first request
     */
    public ServerDeletion(Transactions transactions, Scheduling scheduling, InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.scheduling = requireNonNull(scheduling, "scheduling is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** Asks for the server that the path names to go; asking twice is as good as once. */
    public void request(Exchange exchange) {
        transactions.use(handle -> {
            Server server = lookup.findForUpdate(handle, exchange);
            store.noteDeletion(
                    handle, server.id(), exchange.requestId(), exchange.caller().userId(), clock.instant());
            scheduling.requestDelete(handle, server.id());
        });
    }
}
