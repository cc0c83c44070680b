package org.sluice.controller.store;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.Optional;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;

/**
 * Work on several objects in one transaction. One for which it fails is as if nothing had been done about it, and keeps no other
 * waiting. Stateless.
 */
public final class OneByOne {
    private static final String SAVEPOINT = "one";

    private OneByOne() {}

    /**
     * What came of it.
     *
     * @param count for how many something was done
     * @param failure of the first that failed; empty when none did
     */
    public record Done(int count, Optional<RuntimeException> failure) {
        public Done {
            requireNonNull(failure, "failure is null");
        }
    }

    /**
     * Does it for each, in order.
     *
     * @param work false when nothing was to be done
     */
    public static <T> Done each(Handle handle, Collection<T> objects, Predicate<T> work) {
        int count = 0;
        Optional<RuntimeException> first = Optional.empty();
        for (T object : objects) {
            handle.savepoint(SAVEPOINT);
            try {
                count += work.test(object) ? 1 : 0;
                handle.releaseSavepoint(SAVEPOINT);
            } catch (RuntimeException failure) {
                handle.rollbackToSavepoint(SAVEPOINT);
                if (first.isEmpty()) {
                    first = Optional.of(new IllegalStateException(object + " could not be seen to", failure));
                }
            }
        }
        return new Done(count, first);
    }
}
