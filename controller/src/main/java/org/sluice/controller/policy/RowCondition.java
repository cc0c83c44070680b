package org.sluice.controller.policy;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.statement.SqlStatement;

/** The rows for which a rule passes when one caller asks, as an SQL condition and its values. Immutable. */
public final class RowCondition {
    private static final Remainder ALL = new Remainder.Fixed(true);
    private static final Remainder NONE = new Remainder.Fixed(false);

    private final Remainder remainder;
    private final String sql;
    private final Map<String, String> names = new LinkedHashMap<>();

    RowCondition(Remainder remainder) {
        this.remainder = requireNonNull(remainder, "remainder is null");
        this.sql = remainder.sql(value -> ":" + names.computeIfAbsent(value, _ -> "policy" + names.size()));
    }

    /**
     * The condition, with parameters that {@link #bind} binds: equal values share one. It stands among other conditions without
     * brackets of its own; it is {@code true} for all rows, {@code false} for none.
     */
    public String sql() {
        return sql;
    }

    /** The same with other parameters: those that are made of the values given. */
    public String sql(UnaryOperator<String> parameter) {
        return remainder.sql(parameter);
    }

    /** Whether every row passes, whatever it has. */
    public boolean isAll() {
        return remainder.equals(ALL);
    }

    /** Whether no row can pass. */
    public boolean isNone() {
        return remainder.equals(NONE);
    }

    /** Binds the values of {@link #sql()}. */
    public <S extends SqlStatement<S>> S bind(S statement) {
        names.forEach((value, name) -> statement.bind(name, value));
        return statement;
    }

    @Override
    public String toString() {
        return sql + " with " + names;
    }
}
