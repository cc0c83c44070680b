package org.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/pains.md names tests that are there, for every pain. It reads sources, as the document does. */
final class PainsTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w*Test)(?:\\.(\\w+))?`");
    private static final Pattern ROW = Pattern.compile("^\\| (.+) \\|$", Pattern.MULTILINE);

    private static final Map<String, String> SOURCES = sources();

    /** The sources of all tests by the names of their classes; some names are there twice. */
    private static Map<String, String> sources() {
        Map<String, String> sources = new TreeMap<>();
        for (String module : List.of("model", "linux", "traffic", "agent", "simulator", "controller", "cli", "e2e")) {
            Path tests = ROOT.resolve(module).resolve("src/test/java");
            try (Stream<Path> files = Files.walk(tests)) {
                files.filter(file -> file.toString().endsWith("Test.java"))
                        .forEach(file -> sources.merge(
                                file.getFileName().toString().replace(".java", ""), read(file), String::concat));
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
        return sources;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static List<String> rows() {
        return ROW.matcher(read(ROOT.resolve("docs/pains.md")))
                .results()
                .map(row -> row.group(1))
                .filter(row -> !row.startsWith("---"))
                .filter(row -> !row.endsWith("shown by"))
                .toList();
    }

    @Test
    void everyTestThatIsNamedIsThere() {
        List<String> missing = new ArrayList<>();
        Matcher named = NAMED.matcher(read(ROOT.resolve("docs/pains.md")));
        int found = 0;
        while (named.find()) {
            found++;
            String source = SOURCES.getOrDefault(named.group(1), "");
            String method = named.group(2) == null ? "class " + named.group(1) : "void " + named.group(2) + "(";
            if (!source.contains(method)) {
                missing.add(named.group());
            }
        }
        assertThat(missing).isEmpty();
        assertThat(found).isGreaterThan(100);
    }

    @Test
    void everyPainIsThereInItsOrder() {
        assertThat(rows().stream().map(row -> row.split(" \\| ", 2)[0]).filter(number -> number.matches("[0-9]+")))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 45).mapToObj(Integer::toString).toList());
    }

    @Test
    void everyRowNamesATestOrSaysThatThereIsNone() {
        assertThat(rows())
                .isNotEmpty()
                .allMatch(row -> NAMED.matcher(row).find() || row.contains("*not yet*") || row.contains("*cannot be"));
    }
}
