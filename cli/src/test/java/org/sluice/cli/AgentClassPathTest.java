package org.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.agent.Agent;
import org.sluice.linux.LinuxException;
import org.sluice.model.Problem;

/** The agent's program in a process that has an agent's class path and nothing of the controller's. */
final class AgentClassPathTest {
    /** What the agent module's build writes and {@code ./sluice} starts agents with. */
    private static final Path LIST = Path.of("..", "agent", "target", "agent.classpath");

    @TempDir
    Path directory;

    private List<String> libraries = List.of();

    @BeforeEach
    void readList() throws IOException {
        assumeThat(LIST).as("the list that Maven writes in the agent module").exists();
        libraries = Stream.of(Files.readString(LIST).strip().split(":"))
                .map(entry -> entry.substring("lib/".length()))
                .toList();
    }

    private record Ended(int code, String output) {}

    private Ended agent(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath(),
                AgentMain.class.getName(),
                "agent"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Ended(process.waitFor(), output);
    }

    /** The modules an agent consists of, from wherever the tests have them, and the libraries of the list. */
    private String classPath() throws Exception {
        List<String> entries = new ArrayList<>();
        for (Class<?> each : List.of(AgentMain.class, Agent.class, Problem.class, LinuxException.class)) {
            entries.add(Path.of(each.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString());
        }
        List<String> known = List.of(System.getProperty("java.class.path").split(":"));
        for (String library : libraries) {
            entries.add(known.stream()
                    .filter(entry -> entry.endsWith("/" + library))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("cli has no " + library + "; it has another version")));
        }
        return String.join(":", entries);
    }

    @Test
    void noDatabaseAndNoWebServerIsOnIt() {
        assertThat(libraries)
                .isNotEmpty()
                .noneMatch(name -> name.matches("(?i).*(postgres|hikari|jdbi|flyway|helidon|bucket4j|password4j"
                        + "|jose4j|micrometer|xchart).*"));
    }

    @Test
    void theAgentExplainsItself() throws Exception {
        Ended ended = agent("--help");
        assertThat(ended.output()).startsWith("Usage: sluice agent ").contains("--controller=URL");
        assertThat(ended.code()).isZero();
    }

    @Test
    void theAgentGoesAsFarAsTheControllerThatIsNotThere() throws Exception {
        // Port 1 of the loopback: nobody listens there.
        Ended ended = agent(
                "--controller",
                "https://127.0.0.1:1",
                "--data",
                directory.resolve("data").toString(),
                "--name",
                "h1",
                "--join",
                "A".repeat(43) + "." + "0".repeat(64));
        assertThat(ended.output())
                .startsWith("sluice: The agent could not start with the controller at https://127.0.0.1:1: ")
                .doesNotContain("NoClassDefFound");
        assertThat(ended.code()).isEqualTo(2);
    }
}
