package org.sluice.controller.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.sluice.controller.http.RecordedExchange;
import tools.jackson.databind.JsonNode;

/** Compares what we answer with what OpenStack answered: the same members of the same types. */
final class Shapes {
    private Shapes() {}

    /**
     * Both have the same members, and where both have a value at some place its type is the same; null goes with anything.
     *
     * @param except members that are ours or theirs alone, as {@code .server.fault}
     */
    static void assertSame(JsonNode recorded, JsonNode ours, String... except) {
        Map<String, Set<String>> theirs = types(recorded, Set.of(except));
        Map<String, Set<String>> own = types(ours, Set.of(except));
        assertThat(own.keySet()).as("members").isEqualTo(theirs.keySet());
        own.forEach((path, types) -> {
            Set<String> expected = new TreeSet<>(theirs.getOrDefault(path, Set.of()));
            if (!types.isEmpty() && !expected.isEmpty()) {
                assertThat(types).as("type of %s", path).isSubsetOf(expected);
            }
        });
    }

    /** Types by path, null left out. */
    private static Map<String, Set<String>> types(JsonNode tree, Set<String> except) {
        return RecordedExchange.shapeOf(tree).stream()
                .map(line -> line.split(": (?=[A-Z]+$)", 2))
                .filter(parts -> except.stream().noneMatch(path -> parts[0].startsWith(path)))
                .collect(Collectors.groupingBy(
                        parts -> parts[0],
                        TreeMap::new,
                        Collectors.mapping(
                                parts -> parts[1],
                                Collectors.filtering(
                                        type -> !type.equals("NULL"), Collectors.toCollection(TreeSet::new)))));
    }
}
