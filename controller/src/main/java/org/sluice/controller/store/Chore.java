package org.sluice.controller.store;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that is to be done again and again beside the requests, on a thread of its own: when it begins and after each pause. What
 * fails is logged, and done at the next time. Thread-safe.
 */
public final class Chore implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Chore.class);

    private final String name;
    private final Duration pause;
    private final Runnable work;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    private Chore(String name, Duration pause, Runnable work) {
        this.name = requireNonNull(name, "name is null");
        this.pause = requireNonNull(pause, "pause is null");
        this.work = requireNonNull(work, "work is null");
        this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
    }

    /** Begins with it. */
    public static Chore every(Duration pause, String name, Runnable work) {
        Chore chore = new Chore(name, pause, work);
        chore.thread.start();
        return chore;
    }

    private void run() {
        try {
            do {
                once();
            } while (!closing.await(pause.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException hurried) {
            log.debug("{} ends in a hurry", name);
        }
    }

    private void once() {
        try {
            work.run();
        } catch (RuntimeException failure) {
            if (closing.getCount() > 0) {
                log.warn("{} failed; it is done again in {}", name, pause, failure);
            }
        }
    }

    /** Ends it, after what is under way. */
    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join();
        } catch (InterruptedException hurried) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
