package org.sluice.controller.http.list;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.sluice.controller.http.Ids;

/** How the values of one query parameter narrow a list. Stateless. */
@FunctionalInterface
public interface Filter {
    /** The last year that has four digits. */
    int LAST_YEAR = 9999;

    /**
     * The SQL condition that any of the values must meet.
     *
     * @param values the parameter's values, at least one
     * @param terms takes the values; what it returns stands for them in the condition
     */
    String condition(List<String> values, Terms terms);

    /** The bind values of a condition, and the refusal of what cannot be one. */
    interface Terms {
        /** Binds a value and returns its placeholder. */
        String value(Object value);

        /** Binds an array and returns its placeholder. */
        <E> String array(Class<E> type, List<E> values);

        /** The refusal of a value; {@code expected} is a noun phrase: {@code a whole number}. */
        RuntimeException bad(String value, String expected);
    }

    /** Text that must be equal. */
    static Filter text(String column) {
        return (values, terms) -> column + " = any(" + terms.array(String.class, values) + ")";
    }

    /** What no row has: for a property that is known and that nothing here can have. */
    static Filter none() {
        return (values, terms) -> "false";
    }

    /** Text of which a part is known. */
    enum Part {
        CONTAINS("position(%2$s in %1$s) > 0"),
        STARTS("starts_with(%1$s, %2$s)"),
        ENDS("right(%1$s, length(%2$s)) = %2$s");

        private final String sql;

        Part(String sql) {
            this.sql = sql;
        }

        /** Text with that part in that place. */
        public Filter of(String column) {
            return (values, terms) -> any(values.stream()
                    .map(value -> sql.formatted(column, "cast(" + terms.value(value) + " as text)"))
                    .toList());
        }

        /** The same for text in whatever case. */
        public Filter inAnyCase(String column) {
            return (values, terms) -> any(values.stream()
                    .map(value ->
                            sql.formatted("lower(" + column + ")", "lower(cast(" + terms.value(value) + " as text))"))
                    .toList());
        }

        private static String any(List<String> conditions) {
            return conditions.isEmpty() ? "false" : String.join(" or ", conditions);
        }
    }

    /** Text that is kept in lower case. */
    static Filter lowerCase(String column) {
        return (values, terms) -> text(column)
                .condition(
                        values.stream()
                                .map(value -> value.toLowerCase(Locale.ROOT))
                                .toList(),
                        terms);
    }

    /** An id; what is none matches nothing. */
    static Filter uuid(String column) {
        return (values, terms) -> {
            List<UUID> ids =
                    values.stream().flatMap(value -> Ids.parse(value).stream()).toList();
            return column + " = any(" + terms.array(UUID.class, ids) + ")";
        };
    }

    /** A truth value in one of its usual spellings. */
    static Filter truth(String column) {
        return (values, terms) -> {
            // A parameter without a value counts as set: ?enabled.
            List<Boolean> wanted = values.isEmpty()
                    ? List.of(true)
                    : values.stream().map(value -> truth(value, terms)).toList();
            return column + " = any(" + terms.array(Boolean.class, wanted) + ")";
        };
    }

    /** Reads a truth value in one of its usual spellings. */
    static boolean truth(String value, Terms terms) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes", "on", "t", "y", "" -> true;
            case "false", "0", "no", "off", "f", "n" -> false;
            default -> throw terms.bad(value, "true or false");
        };
    }

    /** A whole number. */
    static Filter integer(String column) {
        return (values, terms) -> {
            List<Long> numbers =
                    values.stream().map(value -> whole(value, terms)).toList();
            return column + " = any(" + terms.array(Long.class, numbers) + ")";
        };
    }

    /** Reads a whole number. */
    static long whole(String value, Terms terms) {
        if (!value.matches("-?[0-9]{1,18}")) {
            throw terms.bad(value, "a whole number");
        }
        return Long.parseLong(value);
    }

    /** A time and how the column compares with it: {@code >=}. */
    static Filter time(String column, String comparison) {
        return (values, terms) -> {
            List<String> all = new ArrayList<>();
            values.forEach(value -> all.add(column + " " + comparison + " " + terms.value(instant(value, terms))));
            return String.join(" and ", all);
        };
    }

    /** Reads a time in the years 1 to 9999, or a date: with a zone, or in UTC without one. */
    static OffsetDateTime instant(String value, Terms terms) {
        try {
            // A plus in a query that was not encoded arrives as a blank.
            String time = value.strip().replace(' ', 'T').replaceFirst("([+-][0-9]{2})([0-9]{2})$", "$1:$2");
            if (time.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}")) {
                time += "T00:00:00";
            }
            Instant instant = time.matches(".*(Z|[+-][0-9]{2}:[0-9]{2})")
                    ? OffsetDateTime.parse(time).toInstant()
                    : LocalDateTime.parse(time).toInstant(ZoneOffset.UTC);
            OffsetDateTime utc = instant.atOffset(ZoneOffset.UTC);
            // ISO 8601 has more digits for those who agree on them; the database has no such years.
            if (utc.getYear() < 1 || utc.getYear() > LAST_YEAR) {
                throw terms.bad(value, "a time in the years 1 to " + LAST_YEAR);
            }
            return utc;
        } catch (DateTimeException notATime) {
            throw terms.bad(value, "a time such as 2026-11-22T19:47:19Z");
        }
    }

    /** An array column that has all of some texts, which are separated by commas. */
    static Filter hasAll(String column) {
        return (values, terms) -> column + " @> " + terms.array(String.class, split(values));
    }

    /** An array column that has any of some texts, which are separated by commas. */
    static Filter hasAny(String column) {
        return (values, terms) -> column + " && " + terms.array(String.class, split(values));
    }

    /** What another filter does not match. */
    static Filter not(Filter filter) {
        return (values, terms) -> "not (" + filter.condition(values, terms) + ")";
    }

    private static List<String> split(List<String> values) {
        return values.stream().flatMap(value -> Arrays.stream(value.split(","))).toList();
    }
}
