package org.sluice.controller.background;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.store.Transactions;

/** Lets one controller at a time do the work of one name; the others pass. Thread-safe. */
public final class Turns {
    private final Transactions transactions;

    /** Turns in that database. */
    public Turns(Transactions transactions) {
        this.transactions = requireNonNull(transactions, "transactions is null");
    }

    /** Does it in a transaction of its own, which the turn ends with; empty while another controller has the turn. */
    <T> Optional<T> take(String name, Function<Handle, T> work) {
        return transactions.run(handle -> isMine(handle, name) ? Optional.of(work.apply(handle)) : Optional.<T>empty());
    }

    /** The same for work that says how much it mended, at most that much. */
    Reconciler.Look mend(String name, int most, ToIntFunction<Handle> work) {
        return Reconciler.Look.of(take(name, work::applyAsInt).orElse(0), most);
    }

    private static boolean isMine(Handle handle, String name) {
        return handle.createQuery("select pg_try_advisory_xact_lock(hashtextextended(:key, 0))")
                .bind("key", "reconciler:" + name)
                .mapTo(Boolean.class)
                .one();
    }
}
