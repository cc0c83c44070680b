package org.sluice.controller.http;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.sluice.model.Problem;

/**
 * Tells what is wrong with the database from what is wrong with a request or with us: a database that is away, busy or full
 * is nobody's defect, and whoever asks again later may have more luck. By SQLSTATE, see the PostgreSQL manual, appendix A.
 * Stateless.
 */
public final class DatabaseTrouble {
    /** A database that ended is back by then, as a rule. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private static final String DISK_FULL = "53100";
    private static final String TOO_MANY_CONNECTIONS = "53300";
    private static final String INSUFFICIENT_RESOURCES = "53";
    private static final String CONNECTION_EXCEPTION = "08";
    private static final String QUERY_CANCELED = "57014";
    private static final String OPERATOR_INTERVENTION = "57P0";
    private static final String TRANSACTION_ROLLBACK = "40";
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final Set<String> TRANSACTION_TOO_LONG = Set.of("25P03", "25P04");
    private static final String FOREIGN_KEY_VIOLATION = "23503";
    private static final int LONGEST_CHAIN = 20;

    private DatabaseTrouble() {}

    /** What is wrong with the database, and when to ask again, if that is what the failure comes from. */
    public static Optional<Problem> problem(Throwable failure) {
        return ofDatabase(failure).flatMap(DatabaseTrouble::of).map(problem -> problem.retryAfter(RETRY_AFTER));
    }

    /**
     * What others changed under the request, if that is what the failure comes from: it refers to what is gone, or deletes what
     * came into use, and did so each time it was tried.
     */
    public static Optional<Problem> conflict(Throwable failure) {
        return ofDatabase(failure)
                .filter(refused -> FOREIGN_KEY_VIOLATION.equals(refused.getSQLState()))
                .map(refused -> Problem.of(
                        Problem.Kind.CONFLICT,
                        "ConcurrentChange",
                        "Others deleted what this request refers to, or took into use what it deletes" + told(refused)
                                + " Nothing was changed; look at what is there now, and ask again."));
    }

    /** {@code Key (network_id)=(...) is not present in table "network".} */
    private static String told(SQLException refused) {
        @Nullable
        ServerErrorMessage said = refused instanceof PSQLException ofServer ? ofServer.getServerErrorMessage() : null;
        @Nullable String detail = said == null ? null : said.getDetail();
        return detail == null ? "." : ": " + detail;
    }

    private static Optional<SQLException> ofDatabase(Throwable failure) {
        @Nullable Throwable cause = failure;
        for (int depth = 0; cause != null && depth < LONGEST_CHAIN; depth++) {
            if (cause instanceof SQLException sql) {
                return Optional.of(sql);
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }

    private static Optional<Problem> of(SQLException failure) {
        return failure instanceof SQLTransientConnectionException
                // The pool's own: it got no connection within its time, whatever the reason of the last try was.
                ? Optional.of(unavailable("The controller has no connection to its database at the moment."))
                : of(String.valueOf(failure.getSQLState()));
    }

    private static Optional<Problem> of(String state) {
        if (state.equals(DISK_FULL)) {
            return Optional.of(Problem.of(
                    Problem.Kind.INSUFFICIENT_STORAGE,
                    "DatabaseDiskFull",
                    "The disk of the cloud's database is full; nothing was changed."));
        }
        if (state.equals(TOO_MANY_CONNECTIONS)) {
            return Optional.of(unavailable("The cloud's database has no connection left for the controller."));
        }
        if (state.startsWith(INSUFFICIENT_RESOURCES)) {
            return Optional.of(unavailable("The cloud's database has not enough memory for this request."));
        }
        if (state.startsWith(CONNECTION_EXCEPTION)) {
            return Optional.of(unavailable("The controller lost its connection to the database."));
        }
        if (state.equals(QUERY_CANCELED)) {
            return Optional.of(unavailable("The cloud's database takes too long for this request."));
        }
        if (state.startsWith(OPERATOR_INTERVENTION)) {
            return Optional.of(unavailable("The cloud's database is being stopped or started."));
        }
        if (state.startsWith(TRANSACTION_ROLLBACK)) {
            return Optional.of(busy("Others were changing the same all the time."));
        }
        if (state.equals(LOCK_NOT_AVAILABLE)) {
            return Optional.of(busy("Another request holds what this one needs, and has for long."));
        }
        if (TRANSACTION_TOO_LONG.contains(state)) {
            return Optional.of(busy("The request was at work on the cloud's database for too long."));
        }
        return Optional.empty();
    }

    private static Problem busy(String sentence) {
        return Problem.of(
                Problem.Kind.UNAVAILABLE,
                "DatabaseBusy",
                sentence + " Nothing was changed; ask again in some seconds.");
    }

    private static Problem unavailable(String sentence) {
        return Problem.of(Problem.Kind.UNAVAILABLE, "DatabaseUnavailable", sentence + " Ask again in some seconds.");
    }
}
