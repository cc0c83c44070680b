package org.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in the log's file, whatever is said. */
class LogFileTest {
    private static final String LINE = "\\d{4}-\\d\\d-\\d\\dT.* (WARN |ERROR) \\[.*] test\\.Logger - .*";

    @TempDir
    Path directory;

    private final LoggerContext context = new LoggerContext();
    private final Logger log = context.getLogger("test.Logger");

    @BeforeEach
    void open() {
        context.setMDCAdapter(new LogbackMDCAdapter());
        LogFile.open(context, file());
    }

    @AfterEach
    void close() {
        context.stop();
    }

    private Path file() {
        return directory.resolve("sluice.log");
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(file());
    }

    @Test
    void whatAUserSaysIsNeverALineOfItsOwnNorACommandToTheTerminal() throws Exception {
        log.error("GET {} failed", "/a\n2026-11-28T00:00:00.000Z ERROR FORGED\r\n\u001b[2J\u009b\u0000\u2028\u202ereversed\ud800 größer 中文");

        assertThat(lines()).singleElement().satisfies(line -> assertThat(line)
                .matches(LINE)
                .endsWith("GET /a\\n2026-11-28T00:00:00.000Z ERROR FORGED\\r\\n\\u001b[2J\\u009b\\u0000\\u2028\\u202ereversed"
                        + "\\ud800 größer 中文 failed"));
    }

    @Test
    void theMessagesOfAFailureAndItsCausesAreEscapedToo() throws Exception {
        log.error("failed", new IllegalStateException("one\nFORGED", new IOException("two\nFORGED\u001b[0m")));

        List<String> lines = lines();
        assertThat(lines.getFirst()).matches(LINE);
        assertThat(lines.subList(1, lines.size())).allMatch(line -> line.startsWith("    | "));
        assertThat(lines)
                .contains(
                        "    | java.lang.IllegalStateException: one\\nFORGED",
                        "    | Caused by: java.io.IOException: two\\nFORGED\\u001b[0m");
    }

    @Test
    void aLongMessageIsCutOff() throws Exception {
        log.error("name {}", "x".repeat(1_000_000));

        assertThat(lines()).singleElement().satisfies(line -> assertThat(line)
                .hasSizeLessThan(5000)
                .endsWith("more characters)"));
    }

    @Test
    void aFailureThatRepeatsItselfIsWrittenSoManyTimes() throws Exception {
        for (int i = 0; i < 1000; i++) {
            log.error("{} failed", "/path/" + i, new IllegalStateException("message " + i));
            log.error("another failed {}", i);
        }

        assertThat(lines().stream().filter(line -> line.matches(LINE))).hasSize(2 * RepeatedFailures.MOST);
    }

    @Test
    void howManyWereLeftOutIsWrittenAfterwards() throws Exception {
        context.resetTurboFilterList();
        RepeatedFailures filter = new RepeatedFailures(Duration.ofMillis(200));
        filter.setContext(context);
        context.addTurboFilter(filter);

        for (int i = 0; i < 50; i++) {
            log.error("{} failed", i);
        }

        await().untilAsserted(() -> assertThat(lines().getLast())
                .matches(LINE)
                .endsWith("30 more lines like this were left out: {} failed "));
    }
}
