package org.sluice.controller.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.store.TestDatabase;

/**
 * Every rule of the program is in the table of a listener, so that no handler asks for one that nobody can have, and operators
 * find each in the reference. Rules are constants, or members of constants that are records or collections.
 */
class RulesTest {
    private static final Path SOURCES = Path.of("src", "main", "java");

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @Test
    void everyRuleIsInATable(@TempDir Path spool) throws IOException, ReflectiveOperationException {
        List<Rule> rules = new ArrayList<>();
        for (Class<?> each : classes()) {
            collect(each, rules);
        }
        assertThat(rules).as("rules of the program").hasSizeGreaterThan(200);
        try (WholeApi api = new WholeApi(DATABASE.database(), spool, Map.of())) {
            List<Rule> known = new ArrayList<>(api.table().rules());
            known.addAll(api.agentsTable().rules());
            assertThat(rules)
                    .as("rules that a handler may ask for: name those of no route, list or view with Routes.rules")
                    .isSubsetOf(known);
        }
    }

    private static List<Class<?>> classes() throws IOException, ClassNotFoundException {
        List<Class<?>> classes = new ArrayList<>();
        try (Stream<Path> sources = Files.walk(SOURCES)) {
            for (Path source : sources.filter(each -> each.toString().endsWith(".java"))
                    .filter(each -> !each.endsWith("package-info.java"))
                    .toList()) {
                String name = SOURCES.relativize(source).toString().replace('/', '.');
                classes.add(Class.forName(
                        name.substring(0, name.length() - ".java".length()), false, RulesTest.class.getClassLoader()));
            }
        }
        return classes;
    }

    private static void collect(Class<?> of, List<Rule> into) throws ReflectiveOperationException {
        for (Field field : of.getDeclaredFields()) {
            Class<?> type = field.getType();
            if (Modifier.isStatic(field.getModifiers())
                    && (type.isRecord() || Collection.class.isAssignableFrom(type))) {
                field.setAccessible(true);
                collect(field.get(null), into);
            }
        }
        for (Class<?> nested : of.getDeclaredClasses()) {
            collect(nested, into);
        }
    }

    private static void collect(Object value, List<Rule> into) throws ReflectiveOperationException {
        switch (value) {
            case Rule rule -> into.add(rule);
            case Collection<?> all -> {
                for (Object each : all) {
                    collect(each, into);
                }
            }
            case Record whole -> {
                for (RecordComponent component : whole.getClass().getRecordComponents()) {
                    if (component.getType().isRecord() || Collection.class.isAssignableFrom(component.getType())) {
                        component.getAccessor().setAccessible(true);
                        collect(component.getAccessor().invoke(whole), into);
                    }
                }
            }
            case null, default -> {}
        }
    }
}
