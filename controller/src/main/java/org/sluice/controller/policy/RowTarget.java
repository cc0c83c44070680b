package org.sluice.controller.policy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The {@link Target} of a rule as the rows of a list have it: SQL for each attribute that a check may name, over the tables and
 * aliases of the statements that read these rows. Immutable.
 *
 * @param columns attribute to SQL; a check that names another attribute is refused when the policy is read
 */
public record RowTarget(Map<String, Column> columns) {
    /** What an attribute is in SQL. */
    public sealed interface Column {
        /** An expression of text. Where it is null, the attribute matches nothing. */
        record Text(String sql) implements Column {}

        /** A boolean expression that is never null, {@code True} or {@code False} in checks. */
        record Truth(String sql) implements Column {}
    }

    public RowTarget {
        columns = Map.copyOf(columns);
    }

    /** Rows that belong to a project. */
    public static RowTarget ofProject(String sql) {
        return new RowTarget(Map.of()).with("project_id", sql).with("tenant_id", sql);
    }

    /** Rows that belong to a user. */
    public static RowTarget ofUser(String sql) {
        return new RowTarget(Map.of()).with("user_id", sql);
    }

    /** The same rows, on networks of that project. */
    public RowTarget onNetworkOf(String sql) {
        return with("network:project_id", sql).with("network:tenant_id", sql);
    }

    /** The same rows with one more attribute, a text. */
    public RowTarget with(String attribute, String sql) {
        return with(attribute, new Column.Text(sql));
    }

    /** The same rows with one more attribute, a truth value. */
    public RowTarget withTruth(String attribute, String sql) {
        return with(attribute, new Column.Truth(sql));
    }

    private RowTarget with(String attribute, Column column) {
        Map<String, Column> more = new HashMap<>(columns);
        more.put(attribute, column);
        return new RowTarget(more);
    }

    /** The names of all attributes, in the order of the alphabet. */
    public List<String> attributes() {
        return columns.keySet().stream().sorted().toList();
    }
}
