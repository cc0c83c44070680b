package org.sluice.controller.agents;

import java.time.Duration;
import java.util.Optional;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Database;
import org.sluice.model.HostId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.HostQuery;

/** Asks hosts for the consoles of their servers, through whichever controller the host's agent polls. Thread-safe. */
public final class ConsoleQueries {
    private final HostQueries queries = new HostQueries();
    private final AskedHosts hosts;

    /** Asks through that database; answers wake through that feed. */
    public ConsoleQueries(Database database, ChangeFeed feed) {
        this.hosts = new AskedHosts(database, feed, queries);
    }

    /**
     * The tail of a server's console. Blocks; call it outside any transaction.
     *
     * @param lines how many lines from the end; -1 for all that is kept
     * @param limit how long to wait for the host
     * @return the text, or empty when the host did not answer in time
     */
    public Optional<String> ask(HostId host, ServerId server, int lines, Duration limit) throws InterruptedException {
        return hosts.ask(host, limit, (handle, query) -> queries.askConsole(handle, host, query, server, lines))
                .map(HostQuery.Answer::text);
    }
}
