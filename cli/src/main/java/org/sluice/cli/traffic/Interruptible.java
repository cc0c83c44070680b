package org.sluice.cli.traffic;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.sluice.linux.process.Signals;

/**
 * Work that Ctrl-C and SIGTERM interrupt, and that is then still given the time to put back what it changed and write its report. Who is
 * told a second time ends at once. The JVM ends with 128 and the signal's number: 130 after Ctrl-C, 143 after SIGTERM.
 */
final class Interruptible {
    private static final Duration TO_FINISH = Duration.ofSeconds(60);

    private Interruptible() {}

    /** Runs it on this thread; on a signal the thread is interrupted, and the program ends when the work has ended. */
    static <T> T run(Callable<T> work) throws Exception {
        Thread worker = Thread.currentThread();
        CountDownLatch done = new CountDownLatch(1);
        Thread onSignal = new Thread(
                () -> {
                    Signals.endAtOnce();
                    worker.interrupt();
                    try {
                        boolean _ = done.await(TO_FINISH.toSeconds(), TimeUnit.SECONDS);
                    } catch (InterruptedException impatient) {
                        Thread.currentThread().interrupt();
                    }
                },
                "stop");
        Runtime.getRuntime().addShutdownHook(onSignal);
        try {
            return work.call();
        } finally {
            done.countDown();
            try {
                boolean _ = Runtime.getRuntime().removeShutdownHook(onSignal);
            } catch (IllegalStateException shuttingDown) {
                // The hook runs already, and that is why we end.
            }
        }
    }
}
