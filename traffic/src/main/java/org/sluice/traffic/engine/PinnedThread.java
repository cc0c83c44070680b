package org.sluice.traffic.engine;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.sluice.linux.thread.Scheduling;

/**
 * A platform thread that stays on one CPU and runs what it is given, one after another. It lives as long as the path, so that what
 * the JVM learned about a loop is not lost between trials. Thread-safe.
 */
final class PinnedThread implements AutoCloseable {
    private final ExecutorService executor;
    private final Future<Integer> number;

    /** @param urgency how it asks for its CPU, as far as that is permitted */
    PinnedThread(String name, int cpu, Urgency urgency) {
        executor = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name(name).daemon().factory());
        number = executor.submit(() -> {
            Scheduling.pin(cpu);
            Scheduling.setSharpTimers();
            urgency.apply();
            return Scheduling.currentThread();
        });
    }

    /** The kernel's number of the thread; waits until it is where it belongs. */
    int number() throws InterruptedException {
        return Futures.get(number);
    }

    /** Runs it on the thread. */
    <T> Future<T> submit(Callable<T> work) {
        return executor.submit(work);
    }

    @Override
    public void close() {
        executor.close();
    }
}
