package org.sluice.controller.http.list;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * The part of a select that a list request decides: conditions, order, number of rows; and the reading of the rows, which ends
 * when they are as many bytes as may be held at a time. Used by one thread.
 */
public final class Window {
    /** What the rows of one window may have together, as the database sends them; only a row that is alone may have more. */
    static final int MOST_BYTES = 512 << 10;

    private record Bound(Object value, Class<?> elements) {}

    /** How much comes with a row that is not in it, in bytes: what else will be read for it. */
    @FunctionalInterface
    public interface Luggage {
        /** Of the row that the result is at. */
        long bytes(ResultSet row) throws SQLException;
    }

    private final Map<String, Bound> values = new LinkedHashMap<>();
    private final StringBuilder conditions = new StringBuilder();
    private String order = "";
    private int rows;
    private int fetched;
    private long bytes;
    private boolean cut;

    Window() {}

    /** The conditions, each after an {@code and}; then order and limit: what follows a {@code where ...}. */
    public String sql() {
        return conditions + " order by " + order + " limit " + rows;
    }

    /** The conditions alone, each after an {@code and}. */
    public String conditions() {
        return conditions.toString();
    }

    /**
     * The rows of a query that ends in {@link #sql}, with its values bound: as many as fit, and one at least if there is any.
     * The transaction must be one, because rows that do not come by cursor come all at once.
     */
    public <T> List<T> list(Query query, RowMapper<T> mapper) {
        return list(query, mapper, _ -> 0);
    }

    /** The same of rows that bring more than what is in them. */
    public <T> List<T> list(Query query, RowMapper<T> mapper, Luggage luggage) {
        return bind(query).setFetchSize(fetched).scanResultSet((results, context) -> {
            List<T> read = new ArrayList<>();
            try (ResultSet row = results.get()) {
                RowMapper<T> specialized = mapper.specialize(row, context);
                int columns = row.getMetaData().getColumnCount();
                long largest = 1;
                while (!cut && row.next()) {
                    long more = bytesOf(row, columns) + luggage.bytes(row);
                    if (read.isEmpty() || bytes + more <= MOST_BYTES) {
                        bytes += more;
                        read.add(specialized.map(row, context));
                        largest = Math.max(largest, more);
                        // Each batch is a round trip: as many rows as fit if none is larger than those before, up to
                        // four
                        // times as many as are taken unseen.
                        row.setFetchSize((int) Math.clamp((MOST_BYTES - bytes) / largest, fetched, 4L * fetched));
                    } else {
                        cut = true;
                    }
                }
            }
            return read;
        });
    }

    private static long bytesOf(ResultSet row, int columns) throws SQLException {
        long sum = 0;
        for (int column = 1; column <= columns; column++) {
            // The driver has the column in just this form; it is neither copied nor converted.
            byte @Nullable [] value = row.getBytes(column);
            sum += value == null ? 0 : value.length;
        }
        return sum;
    }

    /** How many bytes {@link #list} has read. */
    long bytes() {
        return bytes;
    }

    /** Whether {@link #list} has left out rows that the window has room for in number. */
    boolean isCut() {
        return cut;
    }

    private <S extends SqlStatement<S>> S bind(S statement) {
        values.forEach((name, bound) -> {
            if (bound.value() instanceof List<?> list) {
                bindArray(statement, name, bound.elements(), list);
            } else {
                statement.bind(name, bound.value());
            }
        });
        return statement;
    }

    private static <S extends SqlStatement<S>> void bindArray(S statement, String name, Class<?> type, List<?> list) {
        statement.bindArray(name, type, list);
    }

    Window and(String condition) {
        conditions.append(" and (").append(condition).append(')');
        return this;
    }

    String value(Object value) {
        String name = "listed" + values.size();
        values.put(name, new Bound(value, Object.class));
        return ":" + name;
    }

    String array(Class<?> type, List<?> list) {
        String name = "listed" + values.size();
        values.put(name, new Bound(list, type));
        // The driver sends arrays of text as varchar[], which text[] is not compared with.
        return type == String.class ? "cast(:" + name + " as text[])" : ":" + name;
    }

    Window order(String by) {
        order = by;
        return this;
    }

    Window rows(int most) {
        rows = most;
        return this;
    }

    /** How many rows the database sends at a time. */
    Window fetched(int most) {
        fetched = most;
        return this;
    }

    /** How many rows it has at most. */
    public int rows() {
        return rows;
    }

    /** The same conditions, to which others can be added without changing this one. */
    Window copy() {
        Window copy = new Window();
        copy.values.putAll(values);
        copy.conditions.append(conditions);
        copy.order = order;
        copy.rows = rows;
        copy.fetched = fetched;
        return copy;
    }
}
