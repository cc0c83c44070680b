package org.sluice.agent.supervision;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The threads of one agent. Its loops and workers catch every exception but that the host is no member any more; a thread that ends by
 * that, or by an {@link Error}, leaves an agent that looks alive and does not do all of its work. Whoever started it hears so, and ends it or starts it again. Thread-safe.
 */
public final class Supervision {
    private final ThreadFactory factory;
    private final Consumer<Throwable> broken;
    private final AtomicBoolean told = new AtomicBoolean();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    private Supervision(ThreadFactory factory, Consumer<Throwable> broken) {
        this.factory = factory;
        this.broken = requireNonNull(broken, "broken is null");
    }

    /**
     * For a host with a kernel and a hypervisor below: a native call that takes long holds the thread that carries a virtual one, of
     * which there are as many as processors, so that two slow starts of domains would stop everything else, the signs of life too.
     *
     * @param broken told once, on the thread that ended, that the agent can do its work no more, and why
     */
    public static Supervision onPlatformThreads(Consumer<Throwable> broken) {
        return new Supervision(Thread.ofPlatform().daemon().factory(), broken);
    }

    /** For a host without native calls, of which many may be in one process. */
    public static Supervision onVirtualThreads(Consumer<Throwable> broken) {
        return new Supervision(Thread.ofVirtual().factory(), broken);
    }

    /** Waits until no thread is at work any more; false when one still is after that time. The caller sees to it that none begins. */
    public boolean awaitEnd(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        for (Thread thread : threads) {
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (thread.isAlive() && (!left.isPositive() || !thread.join(left))) {
                return false;
            }
        }
        return true;
    }

    /** A thread for that work, not yet started. */
    public Thread thread(String name, Runnable work) {
        Thread thread = factory.newThread(() -> {
            try {
                work.run();
            } finally {
                threads.remove(Thread.currentThread());
            }
        });
        threads.add(thread);
        thread.setName(name);
        thread.setUncaughtExceptionHandler((_, reason) -> {
            if (told.compareAndSet(false, true)) {
                broken.accept(reason);
            }
        });
        return thread;
    }
}
