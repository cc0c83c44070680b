package org.sluice.controller.policy;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * What remains of a check once the caller is known: comparisons of a row's columns. Negations stand only at the comparisons,
 * because there alone they can say what a null means: an attribute that a row does not have matches nothing.
 */
sealed interface Remainder {
    /** Nothing depends on the row. */
    record Fixed(boolean passes) implements Remainder {}

    record And(Set<Remainder> all) implements Remainder {}

    record Or(Set<Remainder> any) implements Remainder {}

    /** A column that must have that value, or must not. */
    record Compared(RowTarget.Column.Text column, String value, boolean equal) implements Remainder {}

    /** A column that must be true, or must not. */
    record Asked(RowTarget.Column.Truth column, boolean isTrue) implements Remainder {}

    /**
     * What remains of a check.
     *
     * @param checks all rules, by name
     * @param target has every attribute that the check names
     */
    static Remainder of(Check check, Map<String, Check> checks, Caller caller, RowTarget target) {
        return new Evaluation(checks, caller, target).remainder(check, true);
    }

    /** The same in SQL, with what is made of each value in the value's place. */
    default String sql(UnaryOperator<String> parameter) {
        return switch (this) {
            case Fixed fixed -> Boolean.toString(fixed.passes());
            case And and -> joined(and.all(), " and ", parameter);
            case Or or -> joined(or.any(), " or ", parameter);
            case Compared compared ->
                compared.column().sql()
                        + (compared.equal() ? " = " : " is distinct from ")
                        + parameter.apply(compared.value());
            case Asked asked -> (asked.isTrue() ? "" : "not ") + asked.column().sql();
        };
    }

    private static String joined(Set<Remainder> parts, String by, UnaryOperator<String> parameter) {
        return parts.stream().map(part -> part.sql(parameter)).collect(Collectors.joining(by, "(", ")"));
    }

    /** Evaluates as far as the caller decides. */
    record Evaluation(Map<String, Check> checks, Caller caller, RowTarget target) {
        /** What remains of the check, or of its contrary when it must not hold. */
        Remainder remainder(Check check, boolean holds) {
            return switch (check) {
                case Check.Always _ -> new Fixed(holds);
                case Check.Never _ -> new Fixed(!holds);
                case Check.And and -> joined(and.all(), holds, holds);
                case Check.Or or -> joined(or.any(), holds, !holds);
                case Check.Not not -> remainder(not.check(), !holds);
                case Check.HasRole has -> new Fixed(caller.roles().contains(has.role()) == holds);
                case Check.Named named ->
                    remainder(requireNonNull(checks.get(named.rule()), "checked at start"), holds);
                case Check.Attribute attribute -> {
                    Optional<String> own = caller.attribute(attribute.of());
                    yield own.isPresent() ? compared(attribute.value(), own.get(), holds) : new Fixed(!holds);
                }
                case Check.Literal literal -> compared(literal.value(), literal.text(), holds);
                case Check.Field field -> compared(field.attribute(), field.value(), holds);
            };
        }

        /** What remains of parts that must all come out so, or of which one must. */
        private Remainder joined(List<Check> parts, boolean holds, boolean all) {
            Remainder decisive = new Fixed(!all);
            Set<Remainder> left = new LinkedHashSet<>();
            for (Check part : parts) {
                Remainder remainder = remainder(part, holds);
                if (remainder.equals(decisive)) {
                    return decisive;
                }
                left.add(remainder);
            }
            left.remove(new Fixed(all));
            if (left.isEmpty()) {
                return new Fixed(all);
            }
            if (left.size() == 1) {
                return left.iterator().next();
            }
            return all ? new And(left) : new Or(left);
        }

        private Remainder compared(Check.Value value, String wanted, boolean holds) {
            return switch (value) {
                case Check.Value.Text text -> new Fixed(text.text().equals(wanted) == holds);
                case Check.Value.OfTarget of -> compared(of.attribute(), wanted, holds);
            };
        }

        private Remainder compared(String attribute, String wanted, boolean holds) {
            return switch (requireNonNull(target.columns().get(attribute), "checked at start")) {
                case RowTarget.Column.Text text -> new Compared(text, wanted, holds);
                case RowTarget.Column.Truth truth ->
                    switch (wanted) {
                        case Target.TRUE -> new Asked(truth, holds);
                        case Target.FALSE -> new Asked(truth, !holds);
                        default -> new Fixed(!holds);
                    };
            };
        }
    }
}
