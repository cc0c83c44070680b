package org.sluice.agent.metadata;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.sluice.agent.kernel.KernelCalls;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.process.RunningProcess;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * One dnsmasq in one namespace. It outlives the agent; the next agent finds it by its pid file and its configuration. A
 * changed configuration is a new dnsmasq: it starts in milliseconds, keeps no lease file, and so cannot remember an
 * address that now belongs to somebody else. The caller serialises calls.
 */
final class Dnsmasq {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    private final Path directory;

    /** @param directory where its files are, one folder a network */
    Dnsmasq(Path directory) {
        this.directory = requireNonNull(directory, "directory is null");
    }

    /**
     * Runs dnsmasq with that configuration and returns when it answers: dnsmasq goes to the background only after it has
     * bound its sockets.
     */
    void run(NetworkNamespace namespace, DhcpConfiguration configuration) {
        try {
            Files.createDirectories(directory);
            String text = configuration.text(directory);
            if (process().isPresent()
                    && Files.exists(file())
                    && Files.readString(file()).equals(text)) {
                return;
            }
            stop();
            Files.writeString(file(), text);
            start(namespace);
        } catch (IOException cause) {
            throw new UncheckedIOException("dnsmasq's files in " + directory + " cannot be written", cause);
        }
    }

    /** Ends it and removes its files; nothing happens when there is none. */
    void remove() {
        stop();
        try {
            for (Path path : List.of(file(), pidFile(), log())) {
                Files.deleteIfExists(path);
            }
            Files.deleteIfExists(directory);
        } catch (IOException cause) {
            throw new UncheckedIOException("dnsmasq's files in " + directory + " cannot be removed", cause);
        }
    }

    private void start(NetworkNamespace namespace) throws IOException {
        // A child is born in the namespace of the thread that starts it.
        Process parent = namespace.call(() -> new ProcessBuilder("dnsmasq", "--conf-file=" + file())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start());
        try {
            int status = parent.waitFor();
            if (status != 0) {
                throw new Problem(
                                Problem.Kind.UNAVAILABLE,
                                "DhcpNotServed",
                                "dnsmasq did not start (exit status " + status + "): "
                                        + Files.readString(log()).strip(),
                                Optional.of("Its configuration is " + file() + "."))
                        .asException();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ProblemException(
                    Problem.of(
                            Problem.Kind.UNAVAILABLE,
                            "DhcpNotServed",
                            "The agent was told to stop while dnsmasq started."),
                    interrupted);
        }
    }

    private void stop() {
        process().ifPresent(number -> KernelCalls.run(() -> end(number)));
    }

    private static void end(int number) {
        Optional<RunningProcess> found = RunningProcess.open(number);
        if (found.isEmpty()) {
            return;
        }
        try (RunningProcess process = found.get()) {
            process.terminate();
            if (!process.awaitEnd(STOP_LIMIT)) {
                process.kill();
                boolean _ = process.awaitEnd(STOP_LIMIT);
            }
        }
    }

    /** The process of the pid file, if it runs and is the dnsmasq of this configuration, not a stranger with its number. */
    private Optional<Integer> process() {
        try {
            if (!Files.exists(pidFile())) {
                return Optional.empty();
            }
            int pid = Integer.parseInt(Files.readString(pidFile()).strip());
            Path commandLine = Path.of("/proc", Integer.toString(pid), "cmdline");
            if (!Files.exists(commandLine)) {
                return Optional.empty();
            }
            String command = Files.readString(commandLine, StandardCharsets.UTF_8);
            return command.contains("--conf-file=" + file()) ? Optional.of(pid) : Optional.empty();
        } catch (IOException | NumberFormatException unreadable) {
            // It ended while we looked, or was killed while it wrote the file: there is no process of ours.
            return Optional.empty();
        }
    }

    private Path file() {
        return directory.resolve("dnsmasq.conf");
    }

    private Path pidFile() {
        return DhcpConfiguration.pidFile(directory);
    }

    private Path log() {
        return DhcpConfiguration.log(directory);
    }
}
