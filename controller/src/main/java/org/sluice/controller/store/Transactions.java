package org.sluice.controller.store;

import static java.util.Objects.requireNonNull;

import java.sql.SQLException;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * Runs work in transactions; and again those that PostgreSQL ended because they met others (class 40 of the SQL standard), or
 * that lost a row they refer to after they had looked: the second time the rule that looks finds it gone and says so.
 * Thread-safe.
 */
public final class Transactions {
    private static final int ATTEMPTS = 5;
    private static final String SERIALIZATION_FAILURE = "40001";
    private static final String DEADLOCK = "40P01";
    private static final String FOREIGN_KEY = "23503";
    private static final String UNIQUE = "23505";

    private final Jdbi jdbi;

    /** Transactions of that database. */
    public Transactions(Jdbi jdbi) {
        this.jdbi = requireNonNull(jdbi, "jdbi is null");
    }

    /** Runs work in a transaction of its own, up to five times; it must have no effect but on the database. */
    public <T> T run(Function<Handle, T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return jdbi.inTransaction(work::apply);
            } catch (JdbiException failure) {
                if (attempt == ATTEMPTS || !mayPassNextTime(failure)) {
                    throw failure;
                }
            }
        }
    }

    private static boolean mayPassNextTime(JdbiException failure) {
        String state = String.valueOf(state(failure));
        return state.equals(DEADLOCK) || state.equals(SERIALIZATION_FAILURE) || state.equals(FOREIGN_KEY);
    }

    /** Whether the statement failed because of a row that refers, or should be referred to. */
    public static boolean isForeignKeyViolation(JdbiException failure) {
        return FOREIGN_KEY.equals(state(failure));
    }

    /** Whether the statement failed because a row with that key is there already. */
    public static boolean isUniqueViolation(JdbiException failure) {
        return UNIQUE.equals(state(failure));
    }

    private static @Nullable String state(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return sql.getSQLState();
            }
        }
        return null;
    }
}
