package org.sluice.agent.supervision;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The calls of one agent on an executor that others may share: a call that its caller has given up may still change something, and
 * until it has come back the agent is not over. Thread-safe.
 */
public final class CallsUnderWay extends AbstractExecutorService {
    private final ExecutorService executor;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition cameBack = lock.newCondition();
    private int count;

    /** @param executor runs the calls; it stays its owner's, also when this is shut down */
    public CallsUnderWay(ExecutorService executor) {
        this.executor = requireNonNull(executor, "executor is null");
    }

    @Override
    public void execute(Runnable call) {
        change(1);
        try {
            executor.execute(() -> {
                try {
                    call.run();
                } finally {
                    change(-1);
                }
            });
        } catch (RuntimeException refused) {
            change(-1);
            throw refused;
        }
    }

    private void change(int by) {
        lock.lock();
        try {
            count += by;
            cameBack.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all of them have come back; false when some have not within that time. */
    public boolean awaitEnd(Duration limit) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = limit.toNanos();
            while (count > 0 && left > 0) {
                left = cameBack.awaitNanos(left);
            }
            return count == 0;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return awaitEnd(Duration.of(timeout, unit.toChronoUnit()));
    }

    /** Changes nothing: whoever owns the executor ends it. */
    @Override
    public void shutdown() {
        // Nothing here is its own.
    }

    @Override
    public List<Runnable> shutdownNow() {
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return executor.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return executor.isTerminated();
    }
}
