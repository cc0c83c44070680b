package org.sluice.controller.compute;

import java.sql.SQLException;
import java.util.Set;
import java.util.function.Supplier;
import org.jdbi.v3.core.JdbiException;

/** Transactions that PostgreSQL ended because they and others waited for each other: they may simply be run again. */
final class Contention {
    /** Class 40 of the SQL standard: serialization failure, deadlock. */
    private static final Set<String> TRANSIENT = Set.of("40001", "40P01");

    private static final int TRIES = 5;

    private Contention() {}

    /** Runs a transaction, again if need be. */
    static <T> T retry(Supplier<T> transaction) {
        for (int attempt = 1; ; attempt++) {
            try {
                return transaction.get();
            } catch (JdbiException failure) {
                if (attempt == TRIES || !isTransient(failure)) {
                    throw failure;
                }
            }
        }
    }

    private static boolean isTransient(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && TRANSIENT.contains(String.valueOf(sql.getSQLState()))) {
                return true;
            }
        }
        return false;
    }
}
