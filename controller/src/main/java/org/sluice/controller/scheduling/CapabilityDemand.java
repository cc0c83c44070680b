package org.sluice.controller.scheduling;

import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Stream;

/**
 * The right side of an extra spec: an operator and what it compares with. Numeric: {@code =} (at least), {@code ==},
 * {@code !=}, {@code >=}, {@code <=}; as text: {@code s==}, {@code s!=}, {@code s>=}, {@code s>}, {@code s<=}, {@code s<};
 * {@code <in>} (contains), {@code <all-in>} (contains each word), {@code <or>} (is one of). Without an operator: equal.
 */
record CapabilityDemand(String operator, String operand) {
    private static final Set<String> OPERATORS =
            Set.of("=", "==", "!=", ">=", "<=", "s==", "s!=", "s>=", "s>", "s<=", "s<", "<in>", "<all-in>", "<or>");

    static CapabilityDemand parse(String text) {
        String[] parts = text.strip().split("\\s+", 2);
        return parts.length == 2 && OPERATORS.contains(parts[0])
                ? new CapabilityDemand(parts[0], parts[1].strip())
                : new CapabilityDemand("s==", text.strip());
    }

    boolean isMetBy(String value) {
        return switch (operator) {
            case "=", ">=" -> compare(value, sign -> sign >= 0);
            case "<=" -> compare(value, sign -> sign <= 0);
            case "==" -> compare(value, sign -> sign == 0);
            case "!=" -> compare(value, sign -> sign != 0);
            case "s!=" -> !value.equals(operand);
            case "s>=" -> value.compareTo(operand) >= 0;
            case "s>" -> value.compareTo(operand) > 0;
            case "s<=" -> value.compareTo(operand) <= 0;
            case "s<" -> value.compareTo(operand) < 0;
            case "<in>" -> value.contains(operand);
            case "<all-in>" -> Stream.of(operand.split("\\s+")).allMatch(value::contains);
            case "<or>" -> List.of(operand.split("\\s*<or>\\s*")).contains(value);
            default -> value.equals(operand);
        };
    }

    private boolean compare(String value, IntPredicate sign) {
        try {
            return sign.test(Double.compare(Double.parseDouble(value), Double.parseDouble(operand)));
        } catch (NumberFormatException notNumeric) {
            // A numeric operator on something that is no number asks for what no host has.
            return false;
        }
    }
}
