package org.sluice.linux.thread;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How long a thread has run, and how long it was ready to run while something else had its CPU (/proc/PID/task/TID/schedstat, see
 * Documentation/scheduler/sched-stats.rst). In nanoseconds since the thread began; zeros where the kernel does not count.
 */
public record WaitingTime(long running, long waiting) {
    /** Of a thread of this process. */
    public static WaitingTime of(int thread) {
        Path file = Path.of("/proc/self/task/" + thread + "/schedstat");
        if (!Files.exists(file)) {
            return new WaitingTime(0, 0);
        }
        try {
            String[] numbers = Files.readString(file).strip().split(" ");
            return new WaitingTime(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
        } catch (IOException failure) {
            throw new UncheckedIOException("The file " + file + " cannot be read.", failure);
        }
    }

    /** What was added since an earlier reading. */
    public WaitingTime since(WaitingTime earlier) {
        return new WaitingTime(running - earlier.running, waiting - earlier.waiting);
    }
}
