package org.sluice.controller.http.body;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The fields that an object of a request may have, each with the microversions in which it may: what
 * {@link org.sluice.controller.http.view.View} says of the members of replies. Immutable and thread-safe.
 */
public final class KnownFields {
    private record Field(String name, int since, int until) {
        private Field {
            requireNonNull(name, "name is null");
        }
    }

    private final List<Field> fields;

    private KnownFields(List<Field> fields) {
        this.fields = fields;
    }

    /** These, in every microversion. */
    public static KnownFields of(String... names) {
        return new KnownFields(List.of()).with(0, Integer.MAX_VALUE, names);
    }

    /** The same and these, which came with that microversion. */
    public KnownFields since(int minor, String... names) {
        return with(minor, Integer.MAX_VALUE, names);
    }

    /** The same and these, which ended with that microversion. */
    public KnownFields until(int minor, String... names) {
        return with(0, minor, names);
    }

    /** The same and these, which came with the one microversion and ended with the other. */
    public KnownFields between(int since, int until, String... names) {
        return with(since, until, names);
    }

    private KnownFields with(int since, int until, String... names) {
        List<Field> more = new ArrayList<>(fields);
        Stream.of(names).map(name -> new Field(name, since, until)).forEach(more::add);
        return new KnownFields(List.copyOf(more));
    }

    /** The names of those that there are in that microversion. */
    public Set<String> in(int minor) {
        return fields.stream()
                .filter(field -> field.since() <= minor && minor <= field.until())
                .map(Field::name)
                .collect(Collectors.toUnmodifiableSet());
    }
}
