package org.sluice.controller.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What hangs in the database is an error for who asked, and soon. */
final class DatabaseLimitsTest {
    private static final DatabaseLimits SHORT =
            new DatabaseLimits(Duration.ofMillis(100), Duration.ofMillis(400), Duration.ofMillis(200));

    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static Optional<String> failure(Handle handle, String sql) {
        JdbiException failure = catchThrowableOfType(JdbiException.class, () -> handle.execute(sql));
        return Optional.ofNullable(failure).flatMap(Transactions::state);
    }

    @Test
    void whoWaitsForALockWaitsForAWhile() {
        try (Database database = Database.connect(postgres.url(), 2, SHORT);
                Handle holder = database.jdbi().open();
                Handle waiting = database.jdbi().open()) {
            holder.execute("select pg_advisory_lock(7)");
            assertThat(failure(waiting, "select pg_advisory_lock(7)")).contains("55P03");
        }
    }

    @Test
    void aStatementThatTakesTooLongEnds() {
        try (Database database = Database.connect(postgres.url(), 1, SHORT)) {
            database.jdbi()
                    .useHandle(handle ->
                            assertThat(failure(handle, "select pg_sleep(60)")).contains("57014"));
        }
    }

    @Test
    void aTransactionThatAsksNothingLosesItsConnectionAndLocks() {
        try (Database database = Database.connect(postgres.url(), 2, SHORT)) {
            database.jdbi().useHandle(idle -> {
                idle.begin();
                idle.execute("select pg_advisory_xact_lock(8)");
                postgres.database()
                        .jdbi()
                        .useTransaction(next -> assertThat(failure(next, "select pg_advisory_xact_lock(8)"))
                                .isEmpty());
                assertThat(failure(idle, "select 1"))
                        .hasValueSatisfying(state -> assertThat(state).isIn("25P03", "08006"));
            });
        }
    }

    @Test
    void aServerThatSaysNothingIsGivenUp() {
        try (Database database = Database.connect(postgres.url(), 1, SHORT)) {
            database.jdbi().useHandle(handle -> {
                handle.execute("set statement_timeout = 0");
                long begin = System.nanoTime();
                assertThat(failure(handle, "select pg_sleep(60)")).contains("08006");
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
            });
        }
    }

    @Test
    void workAtLeisureTakesItsTimeAndLeavesTheConnectionAsItWas() {
        try (Database database = Database.connect(postgres.url(), 1, SHORT)) {
            database.atLeisure(
                    Duration.ofMinutes(1),
                    handle ->
                            assertThat(failure(handle, "select pg_sleep(0.5)")).isEmpty());

            database.jdbi()
                    .useHandle(handle ->
                            assertThat(failure(handle, "select pg_sleep(60)")).contains("57014"));
        }
    }

    @Test
    void usuallyRequestsFailBeforeClientsGiveUp() {
        assertThat(DatabaseLimits.USUAL.silence()).isLessThan(Duration.ofSeconds(30));
    }
}
