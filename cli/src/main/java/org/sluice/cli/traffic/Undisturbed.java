package org.sluice.cli.traffic;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Short work that Ctrl-C must not disturb, on a thread of its own: an interruption would close the file that is just being written
 * ({@link java.nio.channels.ClosedByInterruptException}), be it the journal.
 */
final class Undisturbed {
    private Undisturbed() {}

    /** Does the work to its end; an interruption meanwhile is there afterwards. */
    static <T> T call(Supplier<T> work) {
        FutureTask<T> task = new FutureTask<>(work::get);
        Thread _ = Thread.ofPlatform().name("undisturbed").daemon().start(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException interruption) {
                    interrupted = true;
                } catch (ExecutionException failure) {
                    if (failure.getCause() instanceof Error error) {
                        throw error;
                    }
                    if (failure.getCause() instanceof RuntimeException refusal) {
                        throw refusal;
                    }
                    throw new AssertionError("A supplier throws nothing checked.", failure);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The same for work without a result. */
    static void run(Runnable work) {
        boolean _ = call(() -> {
            work.run();
            return true;
        });
    }
}
