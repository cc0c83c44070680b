package org.sluice.traffic.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.sluice.linux.LinuxException;
import org.sluice.linux.process.RunningProcess;

/** Finds virtual machines by the name on their command line ({@code -name NAME}). */
public final class MachineProcesses {
    private static final Path PROCESSES = Path.of("/proc");
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private MachineProcesses() {}

    /**
     * Kills all of the name and waits for their ends.
     *
     * @throws LinuxException code {@code machine.not-ended}
     */
    public static void kill(String name) {
        for (int number : numbers()) {
            if (!isMachine(number, name)) {
                continue;
            }
            Optional<RunningProcess> found = RunningProcess.open(number);
            if (found.isEmpty()) {
                continue;
            }
            try (RunningProcess process = found.orElseThrow()) {
                // Once more, now that it is held: before, the number could have gone to another process.
                if (isMachine(number, name)) {
                    process.kill();
                    requireEnd(process, name);
                }
            }
        }
    }

    /** Whether there is one of the name. */
    public static boolean isRunning(String name) {
        return numbers().stream().anyMatch(number -> isMachine(number, name));
    }

    private static void requireEnd(RunningProcess process, String name) {
        if (!process.awaitEnd(LIMIT)) {
            throw new LinuxException(
                    "machine.not-ended",
                    "The virtual machine " + name + " does not end within " + LIMIT.toSeconds() + " s.",
                    "Look at what the kernel waits for (cat /proc/PID/stack).");
        }
    }

    private static List<Integer> numbers() {
        try (Stream<Path> entries = Files.list(PROCESSES)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(entry -> entry.matches("\\d+"))
                    .map(Integer::parseInt)
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException("The list of processes cannot be read.", failure);
        }
    }

    private static boolean isMachine(int number, String name) {
        try {
            byte[] line = Files.readAllBytes(
                    PROCESSES.resolve(Integer.toString(number)).resolve("cmdline"));
            List<String> words = List.of(new String(line, StandardCharsets.UTF_8).split("\0", -1));
            return Collections.indexOfSubList(words, List.of("-name", name)) > 0;
        } catch (IOException ended) {
            return false;
        }
    }
}
