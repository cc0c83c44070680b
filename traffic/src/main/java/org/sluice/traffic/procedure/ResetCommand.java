package org.sluice.traffic.procedure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.sluice.linux.LinuxException;

/** The operator's command that resets the device, run once while frames are under way. */
final class ResetCommand implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofSeconds(15);

    private final String command;
    private final CompletableFuture<Integer> exitStatus;

    private ResetCommand(String command, CompletableFuture<Integer> exitStatus) {
        this.command = command;
        this.exitStatus = exitStatus;
    }

    /** Will run {@code sh -c COMMAND} after the delay. */
    static ResetCommand after(Duration delay, String command) {
        return new ResetCommand(
                command,
                CompletableFuture.supplyAsync(
                        () -> run(command),
                        CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS)));
    }

    private static int run(String command) {
        try {
            Process process = new ProcessBuilder("sh", "-c", command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                if (process.waitFor(LONGEST.toMillis(), TimeUnit.MILLISECONDS)) {
                    return process.exitValue();
                }
                throw new LinuxException(
                        "reset.hangs",
                        "The reset command \"" + command + "\" took longer than " + LONGEST.toSeconds() + " seconds.",
                        "Name a command that ends when the device is reset.");
            } finally {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CompletionException(interrupted);
        } catch (IOException failure) {
            throw new UncheckedIOException("The reset command \"" + command + "\" cannot be started.", failure);
        }
    }

    /** Makes sure that it has run, and well. */
    void requireDone() {
        int status;
        try {
            status = exitStatus.get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (Exception failure) {
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
                    "The reset command \"" + command + "\" ended with status " + status + ".",
                    "Try it by itself; it must end with 0 when the device was reset.");
        }
    }

    @Override
    public void close() {
        boolean _ = exitStatus.cancel(true);
    }
}
