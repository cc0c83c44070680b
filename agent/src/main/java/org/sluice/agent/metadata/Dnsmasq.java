package org.sluice.agent.metadata;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.agent.kernel.KernelCalls;
import org.sluice.linux.LinuxException;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.process.RunningProcess;
import org.sluice.model.MacAddress;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * One dnsmasq in one namespace. It outlives the agent; the next agent finds it by its pid file and its configuration. A
 * changed configuration is a new dnsmasq: it starts in milliseconds, keeps no lease file, and so cannot remember an
 * address that now belongs to somebody else. The caller serialises calls.
 */
final class Dnsmasq {
    private static final Logger LOG = LoggerFactory.getLogger(Dnsmasq.class);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    /** To read its configuration, and to go to the background, dnsmasq needs milliseconds. */
    private static final Duration RUN_LIMIT = Duration.ofSeconds(8);

    /** Most that is kept of what it logs, bytes. */
    private static final long LONGEST_LOG = 1024 * 1024;

    /** Most that is told of what it says, bytes. */
    private static final int LONGEST_WORDS = 2048;

    private final Path directory;

    /** @param directory where its files are, one folder a network */
    Dnsmasq(Path directory) {
        this.directory = requireNonNull(directory, "directory is null");
    }

    /**
     * Runs dnsmasq with that configuration and returns when it answers: dnsmasq goes to the background only after it has
     * bound its sockets. What dnsmasq itself does not take is found out before: then the one that runs goes on as it is.
     *
     * @return its process
     */
    int run(NetworkNamespace namespace, DhcpConfiguration configuration) {
        try {
            Files.createDirectories(directory);
            String text = configuration.text(directory);
            Optional<Integer> running = process();
            Optional<String> served = Files.exists(file()) ? Optional.of(Files.readString(file())) : Optional.empty();
            if (running.isPresent() && served.equals(Optional.of(text))) {
                return running.get();
            }
            Files.writeString(next(), text);
            demandTaken();
            stop();
            Files.move(next(), file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            try {
                start(namespace);
            } catch (ProblemException failure) {
                if (running.isPresent() && served.isPresent()) {
                    startAgain(namespace, served.get(), failure);
                }
                throw failure;
            }
            return process()
                    .orElseThrow(() -> problem("dnsmasq ended as soon as it had started: " + lastWords())
                            .asException());
        } catch (IOException cause) {
            throw new UncheckedIOException("dnsmasq's files in " + directory + " cannot be written", cause);
        }
    }

    /**
     * Answers a client no more and all others as before. One that cannot be started again for that has ended, and so answers nobody;
     * {@link #run} is for who wants it to.
     */
    void forget(String namespace, MacAddress client) {
        try {
            if (!isKnown()) {
                return;
            }
            String before = Files.readString(file());
            String left = before.lines()
                    .filter(line -> !DhcpConfiguration.isOf(client, line))
                    .collect(Collectors.joining("\n", "", "\n"));
            if (left.equals(before)) {
                return;
            }
            boolean ran = process().isPresent();
            Files.writeString(next(), left);
            stop();
            Files.move(next(), file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            if (ran) {
                startIn(namespace);
            }
        } catch (IOException cause) {
            throw new UncheckedIOException("dnsmasq's files in " + directory + " cannot be written", cause);
        }
    }

    private void startIn(String name) throws IOException {
        try (NetworkNamespace namespace = NetworkNamespace.open(name)) {
            start(namespace);
        } catch (ProblemException | LinuxException unserved) {
            LOG.warn("DHCP in {} has ended for one that left, and is begun anew later.", name, unserved);
        }
    }

    /** Serves those who were served before, who are not to blame. */
    private void startAgain(NetworkNamespace namespace, String text, ProblemException failure) throws IOException {
        try {
            Files.writeString(file(), text);
            start(namespace);
        } catch (ProblemException again) {
            failure.addSuppressed(again);
        }
    }

    /** Its process now; empty when it does not run. */
    Optional<Integer> running() {
        return process();
    }

    /** Whether there are files of it. */
    boolean isKnown() {
        return Files.exists(file());
    }

    /** Keeps its log within bounds: guests decide what is in it. It is written at its end, wherever that is. */
    void trim() {
        try (FileChannel channel = FileChannel.open(log(), StandardOpenOption.WRITE)) {
            if (channel.size() > LONGEST_LOG) {
                channel.truncate(0);
            }
        } catch (NoSuchFileException nothingLogged) {
            // There is nothing to bound.
        } catch (IOException cause) {
            throw new UncheckedIOException("dnsmasq's log " + log() + " cannot be shortened", cause);
        }
    }

    /** Ends it and removes its files, and its folder if there is nothing else in it; nothing happens when there is none. */
    void remove() {
        stop();
        try {
            for (Path path : List.of(file(), next(), pidFile(), log())) {
                Files.deleteIfExists(path);
            }
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException others) {
            // What somebody else has put there stays.
        } catch (IOException cause) {
            throw new UncheckedIOException("dnsmasq's files in " + directory + " cannot be removed", cause);
        }
    }

    /** {@code dnsmasq --test}: reads the configuration, and does nothing else. */
    private void demandTaken() throws IOException {
        Process test = new ProcessBuilder("dnsmasq", "--test", "--conf-file=" + next())
                .redirectErrorStream(true)
                .start();
        test.getOutputStream().close();
        // A few lines, which a pipe holds.
        int status = await(test);
        String words = new String(test.getInputStream().readNBytes(LONGEST_WORDS), StandardCharsets.UTF_8).strip();
        if (status != 0) {
            throw problem("dnsmasq does not take what it should serve (exit status " + status + "): " + words
                            + (process().isPresent() ? " It goes on with what it has served before." : ""))
                    .asException();
        }
    }

    private void start(NetworkNamespace namespace) throws IOException {
        // A child is born in the namespace of the thread that starts it.
        Process parent = namespace.call(() -> new ProcessBuilder("dnsmasq", "--conf-file=" + file())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start());
        int status = await(parent);
        if (status != 0) {
            throw problem("dnsmasq did not start (exit status " + status + "): " + lastWords())
                    .asException();
        }
    }

    private int await(Process process) {
        try {
            if (!process.waitFor(RUN_LIMIT)) {
                process.destroyForcibly();
                throw problem("dnsmasq was not done within " + RUN_LIMIT.toSeconds() + " s, and was ended.")
                        .asException();
            }
            return process.exitValue();
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

    private Problem problem(String sentence) {
        return new Problem(
                Problem.Kind.UNAVAILABLE,
                "DhcpNotServed",
                sentence,
                Optional.of("Its configuration is " + file() + "."));
    }

    private String lastWords() {
        try (FileChannel channel = FileChannel.open(log(), StandardOpenOption.READ)) {
            ByteBuffer words = ByteBuffer.allocate((int) Math.min(channel.size(), LONGEST_WORDS));
            int _ = channel.read(words, channel.size() - words.capacity());
            return new String(words.array(), 0, words.position(), StandardCharsets.UTF_8).strip();
        } catch (IOException unreadable) {
            return "its log " + log() + " cannot be read: " + unreadable;
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

    private Path next() {
        return directory.resolve("dnsmasq.conf.next");
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
