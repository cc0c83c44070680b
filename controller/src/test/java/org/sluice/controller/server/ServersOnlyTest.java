package org.sluice.controller.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The server's states have one writer. */
final class ServersOnlyTest {
    /** A statement of one string, from its verb to the end of the text block or line. */
    private static final Pattern WRITES_STATE = Pattern.compile(
            "update (server|claim) set(?:(?!\"\"\"|\";|\\bwhere\\b).)*\\b(status|task_state|host_id|present|power|power_generation|boots|rebuilds|power_ending|power_state|role)\\s*=",
            Pattern.DOTALL);

    @Test
    void nobodyElseWritesTheStateOfServers() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            List<Path> writers = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> WRITES_STATE.matcher(read(file)).find())
                    .toList();
            assertThat(writers)
                    .extracting(file -> file.getFileName().toString())
                    .containsExactly("Servers.java");
        }
    }

    /** Whatever is written of it, and wherever that is asked for. */
    @Test
    void nobodyElseWritesTheTable() throws IOException {
        Pattern writes = Pattern.compile("\\b(update|insert into|delete from) server\\b(?!_)");
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".java"))
                            .filter(file -> writes.matcher(read(file)).find()))
                    .isNotEmpty()
                    .allMatch(file -> file.startsWith("src/main/java/org/sluice/controller/server"));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
