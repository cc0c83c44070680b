package org.sluice.traffic.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Holds docs/traffic-report.md to the records. */
class ReportDocumentTest {
    private String document;

    @BeforeEach
    void read() throws IOException {
        document = Files.readString(Path.of("..", "docs", "traffic-report.md"));
    }

    @Test
    void describesEveryComponentOfEveryRecordInItsOrderAndNoOther() {
        Set<Class<?>> records = records();

        assertThat(records).hasSizeGreaterThan(20);
        for (Class<?> type : records) {
            assertThat(members("### " + type.getSimpleName() + "\n"))
                    .as(type.getSimpleName())
                    .containsExactlyElementsOf(Arrays.stream(type.getRecordComponents())
                            .map(RecordComponent::getName)
                            .toList());
        }
    }

    @Test
    void marksExactlyTheOptionalComponents() {
        Set<Class<?>> records = records();

        for (Class<?> type : records) {
            for (RecordComponent component : type.getRecordComponents()) {
                boolean optional = component.getType().getSimpleName().startsWith("Optional");
                String row = section("### " + type.getSimpleName() + "\n")
                        .lines()
                        .filter(line -> line.startsWith("| `" + component.getName() + "` |"))
                        .findFirst()
                        .orElseThrow();
                assertThat(row.split("\\|")[2].contains("optional"))
                        .as(type.getSimpleName() + "." + component.getName())
                        .isEqualTo(optional);
            }
        }
    }

    @Test
    void describesEveryColumnOfTheCsvFormInItsOrder() {
        assertThat(members("## CSV\n")).containsExactlyElementsOf(CsvReport.COLUMNS);
    }

    @Test
    void describesEveryVerdictAndTheSchemas() {
        assertThat(members("## Comparing two reports\n"))
                .containsExactlyElementsOf(
                        Arrays.stream(Verdict.values()).map(Enum::name).toList());
        assertThat(document)
                .contains(
                        "## JSON: `" + Report.SCHEMA + "`",
                        "## JSON: `" + Comparison.SCHEMA + "`",
                        "## JSON: `" + BlastReport.SCHEMA + "`");
    }

    private List<String> members(String heading) {
        return Pattern.compile("(?m)^\\| `([^`]+)` \\|")
                .matcher(section(heading))
                .results()
                .map(row -> row.group(1))
                .toList();
    }

    private String section(String heading) {
        int begin = document.indexOf("\n" + heading);
        assertThat(begin).as(heading).isNotNegative();
        int end = document.indexOf("\n#", begin + heading.length());
        return document.substring(begin, end < 0 ? document.length() : end);
    }

    /** Of all that is written as JSON. */
    private static Set<Class<?>> records() {
        Set<Class<?>> records = new LinkedHashSet<>();
        collect(Report.class, records);
        collect(Comparison.class, records);
        collect(BlastReport.class, records);
        return records;
    }

    private static void collect(Type type, Set<Class<?>> records) {
        if (type instanceof ParameterizedType list) {
            Arrays.stream(list.getActualTypeArguments()).forEach(argument -> collect(argument, records));
        } else if (type instanceof Class<?> found && found.isRecord() && records.add(found)) {
            Arrays.stream(found.getRecordComponents())
                    .forEach(component -> collect(component.getGenericType(), records));
        }
    }
}
