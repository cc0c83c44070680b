package org.sluice.controller.store;

import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/**
 * Runs the steps of a piece of work: each by itself ({@link Transactions}), or all of them in the transaction of somebody else
 * ({@link #within}). For work that is done both ways.
 */
public interface Steps {
    /** Runs a step of statements that need nothing of each other. */
    <T> T autocommit(Function<Handle, T> statement);

    /** Runs a step of several statements that belong together. */
    <T> T run(Function<Handle, T> work);

    /** Steps in a transaction that is under way. */
    static Steps within(Handle handle) {
        return new Steps() {
            @Override
            public <T> T autocommit(Function<Handle, T> statement) {
                return statement.apply(handle);
            }

            @Override
            public <T> T run(Function<Handle, T> work) {
                return work.apply(handle);
            }
        };
    }
}
