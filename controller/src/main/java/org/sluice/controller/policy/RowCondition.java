package org.sluice.controller.policy;

import java.util.Map;
import org.jdbi.v3.core.statement.SqlStatement;

/**
 * The rows for which a rule passes when one caller asks: an SQL condition and its values. Immutable.
 *
 * @param sql stands among other conditions without brackets of its own; {@code true} for all rows, {@code false} for none
 * @param values of its parameters, by their names
 */
public record RowCondition(String sql, Map<String, String> values) {
    static final String ALL = "true";
    static final String NONE = "false";

    public RowCondition {
        values = Map.copyOf(values);
    }

    /** Whether every row passes, whatever it has. */
    public boolean isAll() {
        return sql.equals(ALL);
    }

    /** Whether no row can pass. */
    public boolean isNone() {
        return sql.equals(NONE);
    }

    /** Binds the values. */
    public <S extends SqlStatement<S>> S bind(S statement) {
        values.forEach(statement::bind);
        return statement;
    }
}
