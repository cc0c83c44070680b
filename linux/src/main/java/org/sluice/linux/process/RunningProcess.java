package org.sluice.linux.process;

import java.time.Duration;
import java.util.Optional;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.FileDescriptor;
import org.sluice.linux.kernel.SystemCallException;
import org.sluice.linux.kernel.SystemCalls;

/**
 * A process of this machine, child or not, held by a file (pidfd_open(2)): a signal can never hit another process that got
 * its number later, and its end is an event, where {@link ProcessHandle} asks again and again. Thread-safe.
 */
public final class RunningProcess implements AutoCloseable {
    private static final int SIGKILL = 9;
    private static final int SIGTERM = 15;

    private final FileDescriptor file;

    private RunningProcess(FileDescriptor file) {
        this.file = file;
    }

    /** Takes hold of the process with that number; empty when there is none. */
    public static Optional<RunningProcess> open(int processId) {
        try {
            return Optional.of(new RunningProcess(SystemCalls.openProcess(processId)));
        } catch (SystemCallException failure) {
            if (failure.errno() == Errno.ESRCH) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /** Asks it to end: {@code kill -TERM}. Nothing happens when it has ended. */
    public void terminate() {
        signal(SIGTERM);
    }

    /** Ends it: {@code kill -KILL}. Nothing happens when it has ended. */
    public void kill() {
        signal(SIGKILL);
    }

    /** Waits for its end, at most that long, in steps of a millisecond; says whether it has ended. */
    public boolean awaitEnd(Duration limit) {
        return SystemCalls.awaitReadable(file, Math.toIntExact(limit.toMillis()));
    }

    private void signal(int number) {
        try {
            SystemCalls.sendSignal(file, number);
        } catch (SystemCallException failure) {
            if (failure.errno() != Errno.ESRCH) {
                throw failure;
            }
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
