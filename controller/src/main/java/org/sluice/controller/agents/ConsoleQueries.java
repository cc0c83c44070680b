package org.sluice.controller.agents;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;
import org.sluice.model.HostId;
import org.sluice.model.ServerId;

/** Asks hosts for the consoles of their servers, through whichever controller the host's agent polls. Thread-safe. */
public final class ConsoleQueries {
    /** How often the database is read while no announcement comes. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Database database;
    private final Transactions transactions;
    private final ChangeFeed feed;
    private final HostQueries queries = new HostQueries();

    /** Asks through that database; answers wake through that feed. */
    public ConsoleQueries(Database database, ChangeFeed feed) {
        this.database = requireNonNull(database, "database is null");
        this.transactions = new Transactions(database.jdbi());
        this.feed = requireNonNull(feed, "feed is null");
    }

    /**
     * The tail of a server's console. Blocks; call it outside any transaction.
     *
     * @param lines how many lines from the end; -1 for all that is kept
     * @param limit how long to wait for the host
     * @return the text, or empty when the host did not answer in time
     */
    public Optional<String> ask(HostId host, ServerId server, int lines, Duration limit) throws InterruptedException {
        UUID query = UUID.randomUUID();
        String topic = HostQueries.topic(host);
        long end = System.nanoTime() + limit.toNanos();
        long mark = feed.mark(topic);
        transactions.use(handle -> {
            queries.ask(handle, host, query, server, lines);
            Hosts.changed(handle, host);
        });
        try {
            while (true) {
                Optional<String> answer = database.jdbi().withHandle(handle -> queries.answerOf(handle, query));
                Duration left = Duration.ofNanos(end - System.nanoTime());
                if (answer.isPresent() || !left.isPositive() || feed.isClosed()) {
                    return answer;
                }
                feed.await(topic, mark, left.compareTo(LOOK) < 0 ? left : LOOK);
                mark = feed.mark(topic);
            }
        } finally {
            database.jdbi().useHandle(handle -> queries.drop(handle, query));
        }
    }
}
