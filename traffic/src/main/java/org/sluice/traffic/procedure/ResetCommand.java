package org.sluice.traffic.procedure;

import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.sluice.linux.LinuxException;

/** The operator's command that resets the device, run once while frames are under way. Closing it ends it, also half-way. */
final class ResetCommand implements AutoCloseable {
    private static final int NOT_EXECUTABLE = 126;
    private static final int NOT_FOUND = 127;

    private final String command;
    private final Duration longest;
    private final FutureTask<Integer> task;
    private final Thread thread;

    private ResetCommand(Duration delay, String command, Duration longest) {
        this.command = command;
        this.longest = longest;
        this.task = new FutureTask<>(() -> {
            Thread.sleep(delay);
            return runToItsEnd();
        });
        this.thread = Thread.ofPlatform().name("reset").daemon().start(task);
    }

    /** Will run {@code sh -c COMMAND} after the delay, for no longer than given. */
    static ResetCommand after(Duration delay, String command, Duration longest) {
        return new ResetCommand(delay, command, longest);
    }

    private int runToItsEnd() throws InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder("sh", "-c", command)
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException failure) {
            throw new LinuxException(
                    "reset.failed",
                    "The reset command \"" + command + "\" cannot be started: " + failure.getMessage() + ".",
                    "Name one that sh can run.",
                    failure);
        }
        try {
            if (process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)) {
                return process.exitValue();
            }
            throw new LinuxException(
                    "reset.hangs",
                    "The reset command \"" + command + "\" took longer than " + Profile.seconds(longest) + " seconds.",
                    "Name a command that ends when the device is reset.");
        } finally {
            // The shell's children outlive it, so they go first; a command that has ended may have left some on
            // purpose.
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /**
     * Waits for its end and makes sure that it went well.
     *
     * @throws LinuxException codes {@code reset.failed}, {@code reset.hangs}
     */
    void requireDone() throws InterruptedException {
        int status;
        try {
            status = task.get();
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof LinuxException known
                    ? known
                    : new LinuxException(
                            "reset.failed",
                            "The reset command \"" + command + "\" could not be run.",
                            "Try it by itself.",
                            failure);
        }
        if (status != 0) {
            throw new LinuxException(
                    "reset.failed",
                    "The reset command \"" + command + "\" ended with status " + status
                            + (status == NOT_FOUND
                                    ? ", not found."
                                    : status == NOT_EXECUTABLE ? ", not executable." : "."),
                    "Try it by itself; it must end with 0 when the device was reset.");
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                // It ends at once: it was interrupted, and its process is killed rather than waited for.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
