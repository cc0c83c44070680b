package org.sluice.controller.network;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.statement.Query;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Ids;

/**
 * What a list request selects: filters, order and page. Pages are by key, not by offset, so that they stay right while
 * objects come and go.
 */
final class Selection {
    private static final Set<String> RESERVED =
            Set.of("fields", "limit", "marker", "page_reverse", "sort_key", "sort_dir");

    private final List<String> conditions = new ArrayList<>();
    private final List<Consumer<Query>> binds = new ArrayList<>();
    private final String order;
    private final int limit;
    private final boolean reverse;

    /**
     * Reads the query of a request.
     *
     * @param table the resource's table with its alias, {@code port p}
     * @param filters query parameter to filter
     * @param sortable query name to column, none of them ever null; must have {@code id}
     * @throws org.sluice.model.ProblemException 400 for a parameter that is none of them
     */
    Selection(Exchange exchange, String table, Map<String, Filter> filters, Map<String, String> sortable) {
        for (String name : exchange.queryNames()) {
            if (RESERVED.contains(name)) {
                continue;
            }
            Filter filter = Optional.ofNullable(filters.get(name))
                    .orElseThrow(() -> NetworkProblems.badRequest(
                            "Invalid input for operation: '" + name + "' is an invalid attribute for filtering."));
            conditions.add(filter.condition(exchange.queryAll(name), parameters()));
        }
        limit = exchange.query("limit").map(Selection::wholeNumber).orElse(0);
        reverse = exchange.query("page_reverse")
                .filter(value -> value.equalsIgnoreCase("true"))
                .isPresent();
        List<Key> keys = keys(exchange, sortable);
        order = String.join(
                ", ",
                keys.stream()
                        .map(key -> key.column() + (key.ascending() ? "" : " desc"))
                        .toList());
        exchange.query("marker").ifPresent(marker -> continueAfter(marker, table, keys));
    }

    /** The conditions, each after an {@code and}; then order and limit. */
    String sql() {
        StringBuilder sql = new StringBuilder();
        conditions.forEach(condition -> sql.append(" and (").append(condition).append(')'));
        sql.append(" order by ").append(order);
        if (limit > 0) {
            sql.append(" limit ").append(limit);
        }
        return sql.toString();
    }

    /** Binds the values of {@link #sql}. */
    Query bind(Query query) {
        binds.forEach(bind -> bind.accept(query));
        return query;
    }

    /** The largest number of objects on a page; 0 for no bound. */
    int limit() {
        return limit;
    }

    /** Whether this is the page before the marker; its rows come out of {@link #sql} in opposite order. */
    boolean reverse() {
        return reverse;
    }

    private record Key(String column, boolean ascending) {}

    private List<Key> keys(Exchange exchange, Map<String, String> sortable) {
        List<String> names = exchange.queryAll("sort_key");
        List<String> directions = exchange.queryAll("sort_dir");
        if (!directions.isEmpty() && directions.size() != names.size()) {
            throw NetworkProblems.badRequest("The number of sort_keys and sort_dirs must be same");
        }
        Set<String> seen = new LinkedHashSet<>();
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            String column = Optional.ofNullable(sortable.get(name))
                    .orElseThrow(
                            () -> NetworkProblems.badRequest("'" + name + "' is an invalid attribute for sort key"));
            boolean ascending = directions.isEmpty() || direction(directions.get(i));
            if (seen.add(name)) {
                keys.add(new Key(column, ascending != reverse));
            }
        }
        if (!seen.contains("id")) {
            keys.add(new Key(requireNonNull(sortable.get("id"), "id is not sortable"), !reverse));
        }
        return keys;
    }

    /** Rows after the marker's in the order of the keys: larger in the first key, or equal in it and larger in the next. */
    private void continueAfter(String marker, String table, List<Key> keys) {
        UUID id = Ids.parse(marker)
                .orElseThrow(() -> NetworkProblems.badField("marker", "'" + marker + "' is not a valid UUID"));
        String alias = table.substring(table.indexOf(' ') + 1);
        List<String> alternatives = new ArrayList<>();
        StringBuilder equalSoFar = new StringBuilder();
        for (Key key : keys) {
            String there = "(select " + key.column() + " from " + table + " where " + alias + ".id = :marker)";
            alternatives.add("(" + equalSoFar + key.column() + (key.ascending() ? " > " : " < ") + there + ")");
            equalSoFar.append(key.column()).append(" = ").append(there).append(" and ");
        }
        conditions.add(String.join(" or ", alternatives));
        binds.add(query -> query.bind("marker", id));
    }

    private Filter.Parameters parameters() {
        return new Filter.Parameters() {
            @Override
            public <T> String array(Class<T> type, List<T> values) {
                String name = "filter" + binds.size();
                binds.add(query -> query.bindArray(name, type, values));
                return ":" + name;
            }
        };
    }

    private static boolean direction(String text) {
        return switch (text) {
            case "asc" -> true;
            case "desc" -> false;
            default ->
                throw NetworkProblems.badRequest(
                        "'" + text + "' is an invalid value for sort_dirs, use 'asc' or 'desc'");
        };
    }

    private static int wholeNumber(String text) {
        if (!text.matches("\\d{1,9}")) {
            throw NetworkProblems.badRequest(
                    "Invalid input for operation: Limit must be an integer 0 or greater and not '" + text + "'.");
        }
        return Integer.parseInt(text);
    }
}
