package org.sluice.traffic.engine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Another program in a namespace, with the highest share of its CPU as the tester's own sender. Ended when closed. */
final class Program implements AutoCloseable {
    private static final long LONGEST_END = 10;

    private final Process process;
    private final BufferedReader output;

    private Program(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** @param cpus as for taskset */
    static Program start(PortName port, String cpus, String... command) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "ip", "netns", "exec", port.namespace().orElseThrow(), "nice", "-n", "-20", "taskset", "-c", cpus));
        all.addAll(List.of(command));
        return new Program(new ProcessBuilder(all).redirectErrorStream(true).start());
    }

    /** Runs a short one to its end, without a namespace. */
    static String run(String... command) throws IOException, InterruptedException {
        try (Program program = new Program(
                new ProcessBuilder(command).redirectErrorStream(true).start())) {
            return program.end();
        }
    }

    /** Its next line. */
    String line() throws IOException {
        String line = output.readLine();
        if (line == null) {
            throw new IOException("it ended too early");
        }
        return line;
    }

    /** What the kernel has counted on a device of the program's namespace: frames sent. */
    long framesSent(String device) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "net", "dev"))) {
            String line = lines.filter(each -> each.strip().startsWith(device + ":"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("its namespace has no " + device));
            return Long.parseLong(
                    line.strip().substring(device.length() + 1).strip().split("\\s+")[9]);
        }
    }

    /** CPU time of all its threads and children, in nanoseconds. */
    long cpuTime() throws IOException {
        if (!process.isAlive()) {
            throw new IOException("it ended: " + output.lines().reduce("", (_, last) -> last));
        }
        long sum = 0;
        for (ProcessHandle each : Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList()) {
            try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(each.pid()), "task"))) {
                for (Path thread : threads.toList()) {
                    sum += Long.parseLong(
                            Files.readString(thread.resolve("schedstat")).split(" ")[0]);
                }
            }
        }
        return sum;
    }

    /** Moves children that chose a CPU themselves. */
    void moveChildren(int cpu) throws IOException, InterruptedException {
        for (ProcessHandle child : process.descendants().toList()) {
            String _ = run("taskset", "-a", "-p", "-c", Integer.toString(cpu), Long.toString(child.pid()));
        }
    }

    /** Gives it a line, which is what all of them end or go on at, and answers the rest of what it prints. */
    String end() throws IOException, InterruptedException {
        try (OutputStream input = process.getOutputStream()) {
            input.write('\n');
        } catch (IOException _) {
            // It wants none.
        }
        String rest = String.join("\n", output.lines().toList());
        if (!process.waitFor(LONGEST_END, TimeUnit.SECONDS)) {
            throw new IOException("it does not end");
        }
        if (process.exitValue() != 0) {
            throw new IOException("it failed: " + rest.lines().reduce("", (_, last) -> last));
        }
        return rest;
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        Process _ = process.destroyForcibly();
    }
}
