package org.sluice.controller.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class TransactionsTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    /** Draws the largest there is. */
    private static final RandomGenerator HIGHEST = new RandomGenerator() {
        @Override
        public long nextLong() {
            return Long.MAX_VALUE;
        }

        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    };

    private final List<Duration> pauses = new ArrayList<>();
    private final Transactions transactions =
            new Transactions(postgres.database().jdbi(), HIGHEST, pauses::add);
    private int attempts;

    private int failing(String state, int times) {
        return transactions.run(handle -> {
            attempts++;
            if (attempts <= times) {
                throw new UnableToExecuteStatementException(new SQLException("it says", state), null);
            }
            return attempts;
        });
    }

    @Test
    void thoseWhoMetWaitForATimeByLotThatGrows() {
        assertThatThrownBy(() -> failing("40P01", 5)).isInstanceOf(JdbiException.class);

        assertThat(attempts).isEqualTo(5);
        assertThat(pauses.stream().map(pause -> pause.plusNanos(1).toMillis())).containsExactly(16L, 32L, 64L, 128L);
    }

    @Test
    void whoSucceedsAtLastHasSucceeded() {
        assertThat(failing("40001", 2)).isEqualTo(3);
        assertThat(pauses).hasSize(2);
    }

    @Test
    void whatFailsAgainWhateverOthersDoIsNotRepeated() {
        assertThatThrownBy(() -> failing("23505", 5)).isInstanceOf(JdbiException.class);

        assertThat(attempts).isEqualTo(1);
        assertThat(pauses).isEmpty();
    }

    @Test
    void whoIsToHurryDoesNotTryAgain() {
        Transactions hurried = new Transactions(postgres.database().jdbi(), HIGHEST, pause -> {
            throw new InterruptedException("close");
        });
        assertThatThrownBy(() -> hurried.use(handle -> {
                    attempts++;
                    throw new UnableToExecuteStatementException(new SQLException("it says", "40001"), null);
                }))
                .isInstanceOf(JdbiException.class);

        assertThat(attempts).isEqualTo(1);
        assertThat(Thread.interrupted()).isTrue();
    }
}
