package org.sluice.agent.supervision;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The threads of one agent. Its loops and workers catch every exception; a thread that ends all the same, by an {@link Error}, leaves an
 * agent that looks alive and does not do all of its work. Whoever started it hears so, and ends it or starts it again. Thread-safe.
 */
public final class Supervision {
    private final ThreadFactory factory;
    private final Consumer<Throwable> broken;
    private final AtomicBoolean told = new AtomicBoolean();

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

    /** A thread for that work, not yet started. */
    public Thread thread(String name, Runnable work) {
        Thread thread = factory.newThread(work);
        thread.setName(name);
        thread.setUncaughtExceptionHandler((_, reason) -> {
            if (told.compareAndSet(false, true)) {
                broken.accept(reason);
            }
        });
        return thread;
    }
}
