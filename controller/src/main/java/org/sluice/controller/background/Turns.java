package org.sluice.controller.background;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.store.OneByOne;
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

    /**
     * The same for work on one object after the other, of which one that fails keeps no other waiting.
     *
     * @param find those that are to be looked at, at most that many
     * @param work false when nothing was to be done
     */
    <T> Reconciler.Look mendEach(
            String name, int most, Function<Handle, ? extends Collection<T>> find, BiPredicate<Handle, T> work) {
        return take(name, handle -> OneByOne.each(handle, find.apply(handle), object -> work.test(handle, object)))
                .map(done -> Reconciler.Look.of(done, most))
                .orElse(Reconciler.Look.NOTHING);
    }

    private static boolean isMine(Handle handle, String name) {
        return handle.createQuery("select pg_try_advisory_xact_lock(hashtextextended(:key, 0))")
                .bind("key", "reconciler:" + name)
                .mapTo(Boolean.class)
                .one();
    }
}
