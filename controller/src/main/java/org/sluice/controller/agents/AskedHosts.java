package org.sluice.controller.agents;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;
import org.sluice.model.HostId;
import org.sluice.model.protocol.HostQuery;

/** Writes a question down, wakes the host, and waits for the answer, through whichever controller its agent polls. Thread-safe. */
final class AskedHosts {
    /** How often the database is read while no announcement comes. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Database database;
    private final Transactions transactions;
    private final ChangeFeed feed;
    private final HostQueries queries;

    /** Writes a question of that id. */
    interface Question {
        void ask(Handle handle, UUID query);
    }

    AskedHosts(Database database, ChangeFeed feed, HostQueries queries) {
        this.database = requireNonNull(database, "database is null");
        this.transactions = new Transactions(database.jdbi());
        this.feed = requireNonNull(feed, "feed is null");
        this.queries = requireNonNull(queries, "queries is null");
    }

    /**
     * Asks. Blocks; call it outside any transaction.
     *
     * @param limit how long to wait for the host
     * @return empty when the host did not answer in time
     */
    Optional<HostQuery.Answer> ask(HostId host, Duration limit, Question question) throws InterruptedException {
        UUID query = UUID.randomUUID();
        String topic = HostQueries.topic(host);
        long end = System.nanoTime() + limit.toNanos();
        long mark = feed.mark(topic);
        transactions.use(handle -> {
            question.ask(handle, query);
            Hosts.changedBesideServers(handle, List.of(host));
        });
        try {
            while (true) {
                Optional<HostQuery.Answer> answer =
                        database.jdbi().withHandle(handle -> queries.answerOf(handle, query));
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
