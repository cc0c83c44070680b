package org.sluice.controller.http.list;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.statement.SqlStatement;

/**
 * The part of a select that a list request decides: conditions, order, number of rows. Immutable but for its construction;
 * used by one thread.
 */
public final class Window {
    private record Bound(Object value, Class<?> elements) {}

    private final Map<String, Bound> values = new LinkedHashMap<>();
    private final StringBuilder conditions = new StringBuilder();
    private String order = "";
    private int rows;

    Window() {}

    /** The conditions, each after an {@code and}; then order and limit: what follows a {@code where ...}. */
    public String sql() {
        return conditions + " order by " + order + " limit " + rows;
    }

    /** The conditions alone, each after an {@code and}. */
    public String conditions() {
        return conditions.toString();
    }

    /** Binds the values of {@link #sql}. */
    public <S extends SqlStatement<S>> S bind(S statement) {
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
        return copy;
    }
}
