package org.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@code sluice} command in a process of its own, from the class path of the tests. */
final class SluiceProcess implements AutoCloseable {
    private static final long LIMIT_SECONDS = 90;

    /** A shell gives its background jobs an ignored SIGINT, which children inherit: Ctrl-C would be tested with deaf processes. */
    private static final List<String> HEARS_SIGINT = List.of("env", "--default-signal=INT");

    private final Process process;
    private final BufferedReader output;
    private final List<String> lines = new ArrayList<>();

    private SluiceProcess(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    }

    static SluiceProcess start(String... arguments) throws IOException {
        return startUnder(List.of(), arguments);
    }

    /** A cloud on that directory, whose APIs listen where there is room, and whose listener for agents is at that port. */
    static SluiceProcess up(Path data, int agentsPort, String hosts) throws IOException {
        return start(
                "up",
                "--data",
                data.toString(),
                "--listen",
                "127.0.0.1:0",
                "--agent-listen",
                "127.0.0.1:" + agentsPort,
                "--hosts",
                hosts);
    }

    /** A port of the loopback interface that nobody had just now. */
    static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    /** Starts it by another program, such as setpriv or env, that becomes it. */
    static SluiceProcess startUnder(List<String> other, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(HEARS_SIGINT);
        command.addAll(other);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Dsluice.home=" + Path.of("..").toRealPath(),
                "-cp",
                withoutTests(System.getProperty("java.class.path")),
                "org.sluice.cli.Sluice"));
        command.addAll(List.of(arguments));
        return new SluiceProcess(
                new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** The tests' own log configuration must not reach the program. */
    private static String withoutTests(String classPath) {
        return String.join(
                ":",
                List.of(classPath.split(":")).stream()
                        .filter(entry -> !entry.endsWith("test-classes") && !entry.endsWith("-tests.jar"))
                        .toList());
    }

    /** Runs a command to its end. */
    static Result run(String... arguments) throws IOException, InterruptedException {
        try (SluiceProcess started = start(arguments)) {
            return started.end();
        }
    }

    /** How a command ended and what it printed. */
    record Result(int code, String output) {}

    /** Waits for the line that begins so; fails when the process ends first. */
    String awaitLine(String beginning) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            lines.add(line);
            if (line.startsWith(beginning)) {
                return line;
            }
        }
        throw new IOException("it ended without \"" + beginning + "\":\n" + String.join("\n", lines));
    }

    Result end() throws IOException, InterruptedException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            lines.add(line);
        }
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("it did not end");
        }
        return new Result(process.exitValue(), String.join("\n", lines));
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** SIGINT: Ctrl-C. */
    void interrupt() throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start();
        int _ = kill.waitFor();
    }

    /** SIGTERM, which is what Ctrl-C and {@code down} come to. */
    void terminate() {
        process.destroy();
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            process.destroy();
            process.onExit().completeOnTimeout(process, 30, TimeUnit.SECONDS).join();
            process.destroyForcibly();
        }
    }
}
