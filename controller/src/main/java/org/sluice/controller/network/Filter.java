package org.sluice.controller.network;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.sluice.controller.http.Ids;

/** How the values of one query parameter narrow a list. */
@FunctionalInterface
interface Filter {
    /**
     * The SQL condition that any of the values must meet.
     *
     * @param values the parameter's values, at least one
     * @param parameters takes the values; what it returns stands for them in the condition
     */
    String condition(List<String> values, Parameters parameters);

    /** Collects bind values. */
    interface Parameters {
        /** Binds an array and returns its placeholder. */
        <T> String array(Class<T> type, List<T> values);
    }

    static Filter text(String column) {
        return (values, parameters) -> column + " = any(" + parameters.array(String.class, values) + ")";
    }

    /** Texts that are no UUID match nothing. */
    static Filter uuid(String column) {
        return (values, parameters) -> column + " = any("
                + parameters.array(
                        UUID.class,
                        values.stream()
                                .map(Ids::parse)
                                .flatMap(Optional::stream)
                                .toList()) + ")";
    }

    static Filter truth(String column) {
        return (values, parameters) -> column + " = any("
                + parameters.array(
                        Boolean.class,
                        values.stream()
                                .map(value -> value.toLowerCase(Locale.ROOT))
                                .map(value -> value.equals("true") || value.equals("1"))
                                .toList())
                + ")";
    }

    /** Texts that are no number match nothing. */
    static Filter integer(String column) {
        return (values, parameters) -> column + " = any("
                + parameters.array(
                        Integer.class,
                        values.stream()
                                .filter(value -> value.matches("\\d{1,9}"))
                                .map(Integer::valueOf)
                                .filter(Objects::nonNull)
                                .toList())
                + ")";
    }

    /** All of the tags, which come separated by commas. */
    static Filter allTags(String column) {
        return (values, parameters) ->
                column + " @> cast(" + parameters.array(String.class, tagsOf(values)) + " as text[])";
    }

    /** Any of the tags. */
    static Filter anyTag(String column) {
        return (values, parameters) ->
                column + " && cast(" + parameters.array(String.class, tagsOf(values)) + " as text[])";
    }

    /** What the other filter leaves out. */
    static Filter not(Filter filter) {
        return (values, parameters) -> "not (" + filter.condition(values, parameters) + ")";
    }

    private static List<String> tagsOf(List<String> values) {
        return values.stream().flatMap(value -> Arrays.stream(value.split(","))).toList();
    }
}
