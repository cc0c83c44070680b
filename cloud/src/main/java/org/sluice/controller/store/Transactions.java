package org.sluice.controller.network;

import static java.util.Objects.requireNonNull;

import java.sql.SQLException;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * Runs requests in transactions; and again those that PostgreSQL chose as the victim of a deadlock, or that lost a row they
 * refer to after they had looked: the second time the rule that looks finds it gone and says so. Thread-safe.
 */
final class Transactions {
    private static final int ATTEMPTS = 4;
    private static final String DEADLOCK = "40P01";
    private static final String FOREIGN_KEY = "23503";
    private static final String UNIQUE = "23505";

    private final Jdbi jdbi;

    Transactions(Jdbi jdbi) {
        this.jdbi = requireNonNull(jdbi, "jdbi is null");
    }

    <T> T run(Function<Handle, T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return jdbi.inTransaction(work::apply);
            } catch (JdbiException failure) {
                if (attempt == ATTEMPTS || !(DEADLOCK.equals(state(failure)) || isForeignKeyViolation(failure))) {
                    throw failure;
                }
            }
        }
    }

    /** Whether the statement failed because of a row that refers, or should be referred to. */
    static boolean isForeignKeyViolation(JdbiException failure) {
        return FOREIGN_KEY.equals(state(failure));
    }

    /** Whether the statement failed because a row with that key is there already. */
    static boolean isUniqueViolation(JdbiException failure) {
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
