package org.sluice.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A cloud that {@code ./sluice up} brought up, and what a user types at it. */
final class RunningCloud implements AutoCloseable {
    static final Path HOME =
            Path.of(System.getProperty("sluice.home")).toAbsolutePath().normalize();

    private static final Pattern EXPORT = Pattern.compile("export ([A-Z_0-9]+)=['\"]?([^'\"]*)['\"]?");
    private static final Duration STOP_LIMIT = Duration.ofMinutes(1);

    private final Path data;
    private final Process process;
    private final Map<String, String> environment;

    private RunningCloud(Path data, Process process, Map<String, String> environment) {
        this.data = data;
        this.process = process;
        this.environment = environment;
    }

    /** Types {@code ./sluice up} and waits until it says that it is ready. */
    static RunningCloud up(Path data, String hosts, int port, Duration limit) throws Exception {
        return start(data, port, limit, "up", "--hosts", hosts);
    }

    /** Types {@code ./sluice controller} for a database that is there, and waits until it is ready. */
    static RunningCloud controller(Path data, String databaseUrl, int port, Duration limit) throws Exception {
        return start(data, port, limit, "controller", "--database", databaseUrl);
    }

    private static RunningCloud start(Path data, int port, Duration limit, String command, String... options)
            throws Exception {
        List<String> words = new ArrayList<>(List.of(
                HOME.resolve("sluice").toString(),
                command,
                "--data",
                data.toString(),
                "--listen",
                "127.0.0.1:" + port));
        words.addAll(List.of(options));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        List<String> said = new ArrayList<>();
        CompletableFuture<Boolean> ready = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> listen(process, said, ready));
        try {
            assertThat(ready.get(limit.toSeconds(), TimeUnit.SECONDS))
                    .as("./sluice %s ended before it was ready and said:%n%s", command, String.join("\n", said))
                    .isTrue();
        } catch (TimeoutException slow) {
            process.destroy();
            throw new AssertionError("./sluice " + command + " was not ready within " + limit + ": " + said, slow);
        }
        return new RunningCloud(data, process, openrc(data.resolve("openrc")));
    }

    private static void listen(Process process, List<String> said, CompletableFuture<Boolean> ready) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                said.add(line);
                if (line.startsWith("ready  http")) {
                    ready.complete(true);
                }
            }
            ready.complete(false);
        } catch (IOException failure) {
            ready.completeExceptionally(failure);
        }
    }

    private static Map<String, String> openrc(Path file) throws IOException {
        Map<String, String> variables = new TreeMap<>();
        for (String line : Files.readAllLines(file)) {
            Matcher export = EXPORT.matcher(line.strip());
            if (export.matches()) {
                variables.put(export.group(1), export.group(2));
            }
        }
        return Map.copyOf(variables);
    }

    /** Types one line; words with spaces in single quotes. */
    Command type(String line) {
        List<String> words = new ArrayList<>();
        Matcher word = Pattern.compile("'([^']*)'|(\\S+)").matcher(line);
        while (word.find()) {
            words.add(word.group(1) != null ? word.group(1) : word.group(2));
        }
        if (words.getFirst().equals("sluice")) {
            words.set(0, HOME.resolve("sluice").toString());
        }
        return Command.run(environment, words);
    }

    /** Its node, when it was started with {@code --hosts lab}. */
    LabNode node() {
        return new LabNode("node0", data.resolve("lab"));
    }

    /** Its own PostgreSQL, for another controller. */
    String databaseUrl() throws IOException {
        // The fourth line of postmaster.pid is the port (src/include/utils/pidfile.h of PostgreSQL).
        return "postgresql://sluice:%s@127.0.0.1:%s/sluice"
                .formatted(
                        Files.readString(data.resolve("postgres/password")).strip(),
                        postmaster().get(3));
    }

    private List<String> postmaster() throws IOException {
        return Files.readAllLines(data.resolve("postgres/data/postmaster.pid")).stream()
                .map(String::strip)
                .toList();
    }

    /** Kills the program and its database at once, as a power cut would. */
    void killWithDatabase() throws IOException, InterruptedException {
        ProcessHandle database =
                ProcessHandle.of(Long.parseLong(postmaster().getFirst())).orElseThrow();
        process.destroyForcibly();
        database.destroyForcibly();
        process.waitFor();
        database.onExit().join();
    }

    /** Where its APIs are. */
    String url() {
        return requireNonNull(environment.get("OS_AUTH_URL"), "openrc has no OS_AUTH_URL")
                .replaceFirst("/identity.*", "");
    }

    /** The same variables for a shell in its node, which reaches this machine's loopback at 10.0.2.2. */
    String environmentInTheNode() {
        return environment.entrySet().stream()
                .map(variable -> variable.getKey() + "='" + variable.getValue().replace("127.0.0.1", "10.0.2.2") + "'")
                .collect(Collectors.joining(" "));
    }

    /** The variables of its openrc. */
    Map<String, String> environment() {
        return environment;
    }

    Path data() {
        return data;
    }

    Process process() {
        return process;
    }

    @Override
    public void close() {
        Command.run(Map.of(), List.of(HOME.resolve("sluice").toString(), "down", "--data", data.toString()));
        try {
            if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("./sluice down did not end ./sluice up within " + STOP_LIMIT);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            process.destroy();
        }
    }
}
