package org.sluice.controller.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What {@code postmaster.pid} says about the server on a data directory. The format is that of PostgreSQL's
 * {@code miscadmin.h} ({@code LOCK_FILE_LINE_*}): process id, data directory, start time, port, and further down the status.
 *
 * @param process process id of the server
 * @param port TCP port, 0 while the server has not come so far
 * @param ready whether it takes connections
 */
record Postmaster(long process, int port, boolean ready) {
    private static final int LINE_PORT = 3;
    private static final int LINE_STATUS = 7;

    /** The path of the file in a data directory. */
    static Path file(Path data) {
        return data.resolve("postmaster.pid");
    }

    /** Reads the file; empty when there is none or it is not written to its first line yet. */
    static Optional<Postmaster> of(Path data) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file(data));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
        Optional<Long> process = number(lines, 0);
        long port = number(lines, LINE_PORT).orElse(0L);
        boolean ready =
                lines.size() > LINE_STATUS && lines.get(LINE_STATUS).strip().equals("ready");
        return process.map(id -> new Postmaster(id, (int) port, ready));
    }

    /**
     * Every process that works in the data directory, which only PostgreSQL's own do: the postmaster and the children that
     * may outlive it for a moment.
     */
    static List<ProcessHandle> processesIn(Path data) throws IOException {
        List<ProcessHandle> found = new ArrayList<>();
        if (!Files.isDirectory(data)) {
            return found;
        }
        Path real = data.toRealPath();
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                Optional<Long> process = decimal(entry.getFileName().toString());
                if (process.isPresent() && worksIn(entry, real)) {
                    ProcessHandle.of(process.get()).ifPresent(found::add);
                }
            }
        }
        return found;
    }

    private static boolean worksIn(Path process, Path directory) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).equals(directory);
        } catch (IOException endedOrForeign) {
            // A process that just ended, or one of another user: neither is ours.
            return false;
        }
    }

    private static Optional<Long> number(List<String> lines, int index) {
        return index < lines.size() ? decimal(lines.get(index).strip()) : Optional.empty();
    }

    private static Optional<Long> decimal(String text) {
        return !text.isEmpty() && text.length() < 11 && text.chars().allMatch(digit -> digit >= '0' && digit <= '9')
                ? Optional.of(Long.valueOf(text))
                : Optional.empty();
    }
}
