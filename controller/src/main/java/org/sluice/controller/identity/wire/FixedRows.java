package org.sluice.controller.identity.wire;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.statement.Query;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.http.list.Window;
import org.sluice.controller.store.Transactions;

/**
 * Things of which a cloud has a fixed few, as a table: lists of them are filtered, sorted and paged as all others, by the
 * database. Thread-safe.
 */
public final class FixedRows<T> implements Source<T> {
    private final Transactions transactions;
    private final List<T> rows;
    private final Function<T, String> id;
    private final Map<String, List<String>> columns = new LinkedHashMap<>();

    /**
     * A table of these.
     *
     * @param columns the texts that lists may be filtered by, beside {@code id}
     */
    public FixedRows(
            Transactions transactions, List<T> rows, Function<T, String> id, Map<String, Function<T, String>> columns) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.rows = List.copyOf(rows);
        this.id = requireNonNull(id, "id is null");
        this.columns.put("id", rows.stream().map(id).toList());
        columns.forEach(
                (name, value) -> this.columns.put(name, rows.stream().map(value).toList()));
    }

    @Override
    public List<T> rows(Exchange exchange, Window window) {
        String values = columns.keySet().stream()
                .map(name -> "cast(:" + name + " as text[])")
                .collect(Collectors.joining(", "));
        return transactions.run(handle -> {
            Query query = handle.createQuery("select id from unnest(" + values + ") as fixed ("
                    + String.join(", ", columns.keySet()) + ") where true" + window.sql());
            columns.forEach((name, texts) -> query.bindArray(name, String.class, texts));
            return window.list(query, (row, _) -> row.getString("id")).stream()
                    .flatMap(found -> find(found).stream())
                    .toList();
        });
    }

    @Override
    public Optional<T> marked(Exchange exchange, String marker) {
        return find(marker);
    }

    /** The one of that identifier. */
    public Optional<T> find(String wanted) {
        return rows.stream().filter(row -> id.apply(row).equals(wanted)).findFirst();
    }
}
