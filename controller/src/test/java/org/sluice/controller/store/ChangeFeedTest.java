package org.sluice.controller.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ChangeFeedTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String LISTENERS =
            "pg_stat_activity where datname = current_database() and query ilike 'listen %'";

    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    @Test
    void aLostConnectionWakesEverybodyAndIsMadeAgain() throws Exception {
        Database database = postgres.database();
        try (ChangeFeed feed = new ChangeFeed(database)) {
            for (int round = 0; round < 3; round++) {
                await().until(() -> listeners(database) == 1);
                // A topic that was never announced: nobody knows of it but the one who waits.
                String topic = "never-announced-" + round;
                long mark = feed.mark(topic);

                database.jdbi()
                        .useHandle(handle -> handle.execute("select pg_terminate_backend(pid) from " + LISTENERS));

                assertThat(feed.await(topic, mark, LONG))
                        .as("woken, because it may have missed it")
                        .isTrue();
            }
            long mark = feed.mark("topic");
            database.jdbi().useTransaction(handle -> ChangeFeed.announce(handle, "topic"));
            assertThat(feed.await("topic", mark, LONG)).isTrue();
        }
    }

    private static long listeners(Database database) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from " + LISTENERS)
                        .mapTo(Long.class)
                        .one());
    }
}
