package org.sluice.traffic.check;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Another program at work in a named network namespace; ended when closed. For one thread. */
final class Program implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Process process;
    private final List<String> command;
    private final List<String> output = new ArrayList<>();
    private boolean ended;

    private Program(Process process, List<String> command) {
        this.process = process;
        this.command = command;
        Thread _ = Thread.ofPlatform().name("output of " + command).daemon().start(this::read);
    }

    /** Skips the test where the program is missing. */
    static void assumeInstalled(String name, String debianPackage) {
        assumeTrue(
                Stream.of("/usr/bin", "/usr/sbin", "/bin", "/sbin")
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, name))),
                name + " is not installed (Debian package " + debianPackage + ").");
    }

    /** Starts it: {@code ip netns exec NAMESPACE COMMAND}. */
    static Program start(String namespace, List<String> command) {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        boolean _ = whole.addAll(command);
        try {
            return new Program(
                    new ProcessBuilder(whole).redirectErrorStream(true).start(), List.copyOf(command));
        } catch (IOException failure) {
            throw new UncheckedIOException("The program " + command + " cannot be started.", failure);
        }
    }

    /** Runs it to its end and returns what it printed. */
    static List<String> run(String namespace, List<String> command) throws InterruptedException {
        try (Program program = start(namespace, command)) {
            return program.awaitEnd();
        }
    }

    private void read() {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            String line = reader.readLine();
            while (line != null) {
                add(line);
                line = reader.readLine();
            }
        } catch (IOException closed) {
            add(closed.toString());
        }
        end();
    }

    private synchronized void add(String line) {
        boolean _ = output.add(line);
        notifyAll();
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Waits until what it printed so far is as wanted. */
    synchronized void awaitOutput(Predicate<List<String>> wanted) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!wanted.test(output)) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0 || ended) {
                throw new AssertionError(
                        command + " did not come to the expected output:\n" + String.join("\n", output));
            }
            wait(left);
        }
    }

    /** Waits for a line with this text. */
    void awaitLine(String part) throws InterruptedException {
        awaitOutput(lines -> lines.stream().anyMatch(line -> line.contains(part)));
    }

    /** Asks it to end ({@code kill -TERM}) and returns everything it printed. */
    List<String> terminate() throws InterruptedException {
        process.toHandle().destroy();
        awaitExit();
        return copy();
    }

    private List<String> awaitEnd() throws InterruptedException {
        awaitExit();
        if (process.exitValue() != 0) {
            throw new AssertionError(
                    command + " ended with " + process.exitValue() + ":\n" + String.join("\n", copy()));
        }
        return copy();
    }

    private synchronized void awaitExit() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError(command + " does not end.");
        }
        while (!ended) {
            wait(PATIENCE.toMillis());
        }
    }

    private synchronized List<String> copy() {
        return List.copyOf(output);
    }

    @Override
    public void close() {
        Process _ = process.destroyForcibly();
    }
}
