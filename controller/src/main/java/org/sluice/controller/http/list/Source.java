package org.sluice.controller.http.list;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Ids;

/**
 * Where a list's rows come from: a store that knows what this caller may see. Each method is a short piece of work of its own,
 * so that a slow client holds no connection to the database. Thread-safe.
 */
public interface Source<T> {
    /** Rows as the two functions say, which stand for the methods of their names. */
    static <T> Source<T> of(
            BiFunction<Exchange, Window, List<T>> rows, BiFunction<Exchange, String, Optional<T>> marked) {
        return new Source<>() {
            @Override
            public List<T> rows(Exchange exchange, Window window) {
                return rows.apply(exchange, window);
            }

            @Override
            public Optional<T> marked(Exchange exchange, String marker) {
                return marked.apply(exchange, marker);
            }
        };
    }

    /** The same of rows whose markers are UUIDs; another text names none. */
    static <T> Source<T> byId(
            BiFunction<Exchange, Window, List<T>> rows, BiFunction<Exchange, UUID, Optional<T>> marked) {
        return of(rows, (exchange, marker) -> Ids.parse(marker).flatMap(id -> marked.apply(exchange, id)));
    }

    /** No rows: for what there is none of. */
    static <T> Source<T> none() {
        return of((_, _) -> List.of(), (_, _) -> Optional.empty());
    }

    /** The rows of one window, in its order: the store's select with {@link Window#sql} at its end. */
    List<T> rows(Exchange exchange, Window window);

    /** The row that a marker names, if the caller sees it. */
    Optional<T> marked(Exchange exchange, String marker);
}
