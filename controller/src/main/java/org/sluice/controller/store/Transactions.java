package org.sluice.controller.store;

import static java.util.Objects.requireNonNull;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Runs work in transactions; and again those that PostgreSQL ended because they met others (class 40 of the SQL standard), or
 * that lost a row they refer to after they had looked: the second time the rule that looks finds it gone and says so. Before
 * each further attempt it waits for a time by lot, longer each time, so that those who met do not meet again. Thread-safe.
 */
public final class Transactions implements Steps {
    private static final int ATTEMPTS = 5;
    private static final String SERIALIZATION_FAILURE = "40001";
    private static final String DEADLOCK = "40P01";
    private static final String FOREIGN_KEY = "23503";
    private static final String UNIQUE = "23505";
    private static final Set<String> PASSING = Set.of(SERIALIZATION_FAILURE, DEADLOCK, FOREIGN_KEY);

    /** The longest pause after the first attempt; it doubles with each. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(16);

    private final Jdbi jdbi;
    private final RandomGenerator random;
    private final Pause pause;

    /** How a thread waits. */
    interface Pause {
        void take(Duration length) throws InterruptedException;
    }

    /** Transactions of that database. */
    public Transactions(Jdbi jdbi) {
        this(jdbi, RandomGenerator.getDefault(), Thread::sleep);
    }

    /** The same with another lot and another way to wait. */
    Transactions(Jdbi jdbi, RandomGenerator random, Pause pause) {
        this.jdbi = requireNonNull(jdbi, "jdbi is null");
        this.random = requireNonNull(random, "random is null");
        this.pause = requireNonNull(pause, "pause is null");
    }

    /** Runs work in a transaction of its own, up to five times; it must have no effect but on the database. */
    @Override
    public <T> T run(Function<Handle, T> work) {
        return repeatedly(() -> jdbi.inTransaction(work::apply));
    }

    /**
     * Runs reads in a transaction of their own that all see the database as it was at the first of them. The level is set by a statement of
     * the transaction: asked of the connection it costs four.
     */
    public <T> T snapshot(Function<Handle, T> reads) {
        return run(handle -> {
            handle.execute("set transaction isolation level repeatable read, read only");
            return reads.apply(handle);
        });
    }

    /**
     * Runs statements each of which is a transaction by itself: without BEGIN and COMMIT, whose round trip costs as much as a
     * small statement does. The database is not told for which request they are ({@link Origin}): what changes something takes
     * {@link Origin#told} along, and stands within {@link #repeatedly}.
     */
    @Override
    public <T> T autocommit(Function<Handle, T> statement) {
        return jdbi.withHandle(statement::apply);
    }

    /**
     * Runs steps that are transactions by themselves, and all of them again, as {@link #run} does with its work: what an earlier
     * step has found may be gone when a later one refers to it. All but the last must change nothing that matters twice.
     */
    public <T> T repeatedly(Supplier<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return work.get();
            } catch (JdbiException failure) {
                if (attempt == ATTEMPTS || !mayPassNextTime(failure) || !paused(attempt)) {
                    throw failure;
                }
            }
        }
    }

    /** Waits before the next attempt; false when whoever waits is to hurry. */
    private boolean paused(int attempt) {
        Duration longest = FIRST_PAUSE.multipliedBy(1L << (attempt - 1));
        try {
            pause.take(Duration.ofNanos(random.nextLong(longest.toNanos())));
            return true;
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The same for work without a result. */
    public void use(Consumer<Handle> work) {
        run(handle -> {
            work.accept(handle);
            return true;
        });
    }

    private static boolean mayPassNextTime(JdbiException failure) {
        return state(failure).filter(PASSING::contains).isPresent();
    }

    /** Whether the statement failed because of a row that refers, or should be referred to. */
    public static boolean isForeignKeyViolation(JdbiException failure) {
        return state(failure).filter(FOREIGN_KEY::equals).isPresent();
    }

    /** Whether the statement failed because a row with that key is there already. */
    public static boolean isUniqueViolation(JdbiException failure) {
        return state(failure).filter(UNIQUE::equals).isPresent();
    }

    /** What the database said when it refused a statement; empty when it was not the database that failed. */
    public static Optional<ServerErrorMessage> databaseError(JdbiException failure) {
        return cause(failure, PSQLException.class).map(PSQLException::getServerErrorMessage);
    }

    /** The SQLSTATE with which the database refused a statement; empty when it was not the database that failed. */
    public static Optional<String> state(JdbiException failure) {
        return cause(failure, SQLException.class).map(SQLException::getSQLState);
    }

    private static <T extends SQLException> Optional<T> cause(JdbiException failure, Class<T> type) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
        }
        return Optional.empty();
    }
}
