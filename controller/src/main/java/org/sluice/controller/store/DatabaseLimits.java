package org.sluice.controller.store;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How long the connections of a pool have patience, so that what hangs is an error within seconds for the one who asked, and
 * not a connection less for everybody. All of them are told to the server, which ends what is over; only a server that says
 * nothing at all is given up from here.
 *
 * @param lock how long a statement waits for what another transaction holds ({@code lock_timeout})
 * @param statement how long a statement runs, its waiting included ({@code statement_timeout})
 * @param idle how long a transaction may be open without a statement ({@code idle_in_transaction_session_timeout})
 */
public record DatabaseLimits(Duration lock, Duration statement, Duration idle) {
    /** For requests: shorter than the 30 seconds for which clients commonly wait. */
    public static final DatabaseLimits USUAL =
            new DatabaseLimits(Duration.ofSeconds(10), Duration.ofSeconds(15), Duration.ofSeconds(30));

    /**
     * How much later than the server we give up ourselves: its own word says more. Sooner than the statement's own time it cannot
     * be: one that waits for a lock is as silent as a server that hangs.
     */
    private static final Duration FOR_THE_ANSWER = Duration.ofSeconds(5);

    public DatabaseLimits {
        requirePositive(lock, "lock");
        requirePositive(statement, "statement");
        requirePositive(idle, "idle");
    }

    /** The same for statements that may take that long. */
    public DatabaseLimits withStatement(Duration longest) {
        return new DatabaseLimits(lock, longest, idle);
    }

    /** For how long the server may say nothing while it works: then it is gone without a word. */
    Duration silence() {
        return statement.plus(FOR_THE_ANSWER);
    }

    /** The statements that tell them to a session. */
    String sql() {
        return "set lock_timeout = " + lock.toMillis() + "; set statement_timeout = " + statement.toMillis()
                + "; set idle_in_transaction_session_timeout = " + idle.toMillis();
    }

    private static void requirePositive(Duration duration, String name) {
        if (requireNonNull(duration, name + " is null").toMillis() <= 0) {
            throw new IllegalArgumentException(name + " must be at least a millisecond and is " + duration);
        }
    }
}
