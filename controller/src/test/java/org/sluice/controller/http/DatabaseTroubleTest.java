package org.sluice.controller.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.model.Problem;

final class DatabaseTroubleTest {
    @ParameterizedTest
    @CsvSource({
        "53100, INSUFFICIENT_STORAGE",
        "53200, UNAVAILABLE",
        "53300, UNAVAILABLE",
        "40001, UNAVAILABLE",
        "40P01, UNAVAILABLE",
        "55P03, UNAVAILABLE",
        "25P03, UNAVAILABLE",
        "57014, UNAVAILABLE",
        "57P01, UNAVAILABLE",
        "57P02, UNAVAILABLE",
        "57P03, UNAVAILABLE",
        "08006, UNAVAILABLE",
        "08001, UNAVAILABLE",
    })
    void aDatabaseThatIsAwayBusyOrFullIsNobodysDefect(String state, Problem.Kind kind) {
        RuntimeException failure = new UnableToExecuteStatementException(new SQLException("it says", state), null);
        Problem problem = DatabaseTrouble.problem(failure).orElseThrow();
        assertThat(problem.kind()).isEqualTo(kind);
        assertThat(problem.retryAfter()).contains(Duration.ofSeconds(5));
    }

    @Test
    void aPoolWithoutAConnectionIsAway() {
        RuntimeException failure = new ConnectionException(
                new SQLTransientConnectionException("sluice - Connection is not available, request timed out"));
        assertThat(DatabaseTrouble.problem(failure)).map(Problem::kind).contains(Problem.Kind.UNAVAILABLE);
    }

    @Test
    void aReferenceToWhatIsGoneIsAConflictAndNoTrouble() {
        RuntimeException failure = new UnableToExecuteStatementException(new SQLException("it says", "23503"), null);
        assertThat(DatabaseTrouble.problem(failure)).isEmpty();
        assertThat(DatabaseTrouble.conflict(failure)).map(Problem::kind).contains(Problem.Kind.CONFLICT);
        assertThat(DatabaseTrouble.conflict(
                        new UnableToExecuteStatementException(new SQLException("taken", "23505"), null)))
                .isEmpty();
    }

    @Test
    void whatOurStatementsDoWrongIsOurs() {
        assertThat(DatabaseTrouble.problem(
                        new UnableToExecuteStatementException(new SQLException("no such column", "42703"), null)))
                .isEmpty();
        assertThat(DatabaseTrouble.problem(new IllegalStateException("a defect")))
                .isEmpty();
    }
}
