package org.sluice.controller.http.list;

import java.util.List;
import java.util.Optional;
import org.sluice.controller.http.Exchange;

/**
 * Where a list's rows come from: a store that knows what this caller may see. Each method is a short piece of work of its own,
 * so that a slow client holds no connection to the database. Thread-safe.
 */
public interface Source<T> {
    /** No rows: for what there is none of. */
    static <T> Source<T> none() {
        return new Source<>() {
            @Override
            public List<T> rows(Exchange exchange, Window window) {
                return List.of();
            }

            @Override
            public Optional<T> marked(Exchange exchange, String marker) {
                return Optional.empty();
            }
        };
    }

    /** The rows of one window, in its order: the store's select with {@link Window#sql} at its end. */
    List<T> rows(Exchange exchange, Window window);

    /** The row that a marker names, if the caller sees it. */
    Optional<T> marked(Exchange exchange, String marker);
}
