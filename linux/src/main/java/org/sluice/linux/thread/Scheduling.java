package org.sluice.linux.thread;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.SystemCallException;
import org.sluice.linux.kernel.SystemCalls;

/**
 * Which CPUs a thread may use and how urgent it is (sched(7)). The verbs without a thread's number are for the calling thread, which must be a
 * platform thread. Thread-safe.
 */
public final class Scheduling {
    /** What {@link #setRealTime} and {@link #setNice} were answered. */
    public enum Permission {
        /** The thread is as urgent as it asked to be. */
        GRANTED,
        /** The process may not have it: it lacks CAP_SYS_NICE, and RLIMIT_RTPRIO is 0. */
        REFUSED
    }

    private static final Path THREADS = Path.of("/proc/self/task");
    private static final int NICE_FIELD = 16;
    private static final int SCHED_OTHER = 0;
    private static final int SCHED_FIFO = 1;
    private static final int PR_SET_TIMERSLACK = 29;

    private Scheduling() {}

    /** gettid(2). */
    public static int currentThread() {
        return SystemCalls.threadId();
    }

    /** The kernel's numbers of all threads of this process, the JVM's own too. */
    public static List<Integer> threads() {
        try (Stream<Path> threads = Files.list(THREADS)) {
            return threads.map(thread -> Integer.valueOf(thread.getFileName().toString()))
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException("The folder " + THREADS + " cannot be read.", failure);
        }
    }

    /** The name of a thread of this process, as {@code ps -L} shows it: up to 15 bytes; empty when it has ended. */
    public static String nameOf(int thread) {
        return read(thread, "comm").strip();
    }

    /** The nice value of a thread of this process, -20 to 19; 0 when it has ended. */
    public static int niceOf(int thread) {
        String stat = read(thread, "stat");
        // proc_pid_stat(5): the name in parentheses may hold anything; after it, the nice value is the 17th field.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        return fields.length > NICE_FIELD ? Integer.parseInt(fields[NICE_FIELD]) : 0;
    }

    private static String read(int thread, String file) {
        Path path = THREADS.resolve(Integer.toString(thread)).resolve(file);
        try {
            return Files.readString(path);
        } catch (NoSuchFileException _) {
            return "";
        } catch (IOException failure) {
            // A thread that ends between opening and reading (ESRCH).
            if (!Files.exists(path)) {
                return "";
            }
            throw new UncheckedIOException("The file " + path + " cannot be read.", failure);
        }
    }

    /** The CPUs the thread may use: {@code taskset -p TID}. */
    public static BitSet cpus(int thread) {
        return BitSet.valueOf(SystemCalls.affinity(thread));
    }

    /**
     * {@code taskset -pc CPUS TID}.
     *
     * @return false when the thread has ended meanwhile
     * @throws SystemCallException EINVAL when none of the CPUs is online or allowed
     */
    public static boolean pin(int thread, BitSet cpus) {
        if (requireNonNull(cpus, "cpus is null").isEmpty()) {
            throw new IllegalArgumentException("A thread needs a CPU to run on; the set of CPUs is empty.");
        }
        try {
            SystemCalls.setAffinity(thread, cpus.toLongArray(), "let thread " + thread + " run on CPUs " + cpus);
            return true;
        } catch (SystemCallException failure) {
            if (failure.errno() == Errno.ESRCH) {
                return false;
            }
            throw failure;
        }
    }

    /** Pins the calling thread to one CPU. */
    public static void pin(int cpu) {
        BitSet only = new BitSet();
        only.set(cpu);
        boolean _ = pin(currentThread(), only);
    }

    /** {@code chrt -f PRIORITY}: SCHED_FIFO for the calling thread, 1 to 99. */
    public static Permission setRealTime(int priority) {
        try {
            SystemCalls.setScheduler(
                    currentThread(), SCHED_FIFO, priority, "give the thread the real-time priority " + priority);
            return Permission.GRANTED;
        } catch (SystemCallException failure) {
            if (failure.errno() == Errno.EPERM) {
                return Permission.REFUSED;
            }
            throw failure;
        }
    }

    /** {@code renice NICE}: how big a share of its CPU the calling thread gets beside other ordinary ones, -20 (most) to 19. */
    public static Permission setNice(int nice) {
        return setNice(currentThread(), nice);
    }

    /** The same for another thread of this process; nothing happens when it has ended. */
    public static Permission setNice(int thread, int nice) {
        try {
            SystemCalls.setPriority(thread, nice, "give the thread the nice value " + nice);
            return Permission.GRANTED;
        } catch (SystemCallException refusal) {
            if (refusal.errno() == Errno.EACCES || refusal.errno() == Errno.EPERM) {
                return Permission.REFUSED;
            }
            if (refusal.errno() == Errno.ESRCH) {
                return Permission.GRANTED;
            }
            throw refusal;
        }
    }

    /** {@code chrt -o 0}: back to the ordinary policy. */
    public static void setOrdinary() {
        SystemCalls.setScheduler(currentThread(), SCHED_OTHER, 0, "make the thread an ordinary one");
    }

    /** Lets timers of the calling thread fire within a nanosecond of their time instead of 50 µs (PR_SET_TIMERSLACK). */
    public static void setSharpTimers() {
        SystemCalls.control(PR_SET_TIMERSLACK, 1, "sharpen the timers of the thread");
    }
}
