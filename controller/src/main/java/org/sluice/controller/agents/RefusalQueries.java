package org.sluice.controller.agents;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Database;
import org.sluice.model.HostId;
import org.sluice.model.protocol.DriverRefusal;
import org.sluice.model.protocol.HostQuery;

/** Asks hosts what their drivers refused, through whichever controller the host's agent polls. Thread-safe. */
public final class RefusalQueries {
    private final HostQueries queries = new HostQueries();
    private final AskedHosts hosts;

    /** Asks through that database; answers wake through that feed. */
    public RefusalQueries(Database database, ChangeFeed feed) {
        this.hosts = new AskedHosts(database, feed, queries);
    }

    /**
     * What the host's drivers refused. Blocks; call it outside any transaction.
     *
     * @param forgets whether the host is to forget them
     * @param card of which kind of card ({@link DriverRefusal#key}); empty for all
     * @param limit how long to wait for the host
     * @return what it knew, or empty when it did not answer in time
     */
    public Optional<List<DriverRefusal>> ask(HostId host, boolean forgets, Optional<String> card, Duration limit)
            throws InterruptedException {
        return hosts.ask(host, limit, (handle, query) -> queries.askRefusals(handle, host, query, forgets, card))
                .map(HostQuery.Answer::refusals);
    }
}
