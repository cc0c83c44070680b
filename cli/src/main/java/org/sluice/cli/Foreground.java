package org.sluice.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.sluice.model.ProblemException;

/** A command that runs until it is told to stop: by Ctrl-C, by SIGTERM, or by its own end. */
final class Foreground {
    private Foreground() {}

    /** What is started, and whether it runs until it is stopped or ends once it is ready. */
    interface Program {
        /** Starts everything, adding it to the resources as it comes. */
        void start(Resources resources) throws Exception;
    }

    /**
     * Starts a program and keeps it in the foreground. Whatever ends it, everything it added to its resources is closed, the
     * last first.
     *
     * @param untilStopped false ends it as soon as it has started
     */
    static int run(Program program, boolean untilStopped) throws Exception {
        Resources resources = new Resources();
        CountDownLatch ended = new CountDownLatch(1);
        // Signals arrive as the start of the JVM's shutdown; it waits for this thread.
        Thread onSignal = new Thread(
                () -> {
                    resources.close();
                    ended.countDown();
                },
                "stop");
        Runtime.getRuntime().addShutdownHook(onSignal);
        try (resources) {
            program.start(resources);
            if (untilStopped) {
                ended.await();
            }
        } catch (Exception failure) {
            if (resources.isClosed() && !(failure instanceof ProblemException)) {
                // Told to stop while it started: what was half-way failed because of that.
                return 0;
            }
            throw failure;
        } finally {
            removeHook(onSignal);
        }
        return 0;
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // The hook runs already, and that is why we end.
        }
    }

    /** Starts work on a virtual thread of its own; its result, or its failure as it was, comes from {@link Work#get}. */
    static <T> Work<T> begin(String name, Callable<T> work) {
        return new Work<>(name, work);
    }

    /** Work under way on a thread of its own. */
    static final class Work<T> {
        private final FutureTask<T> task;

        private Work(String name, Callable<T> work) {
            this.task = new FutureTask<>(work);
            Thread.ofVirtual().name(name).start(task);
        }

        T get() throws Exception {
            try {
                return task.get();
            } catch (ExecutionException failure) {
                if (failure.getCause() instanceof Exception cause) {
                    throw cause;
                }
                throw failure;
            }
        }
    }
}
