package org.sluice.controller.background;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.controller.store.ChangeFeed;

/**
 * Runs reconcilers, a thread each: when it begins, when something is announced that they wait for, and after each pause, which is
 * stretched and shortened by lot so that those of several controllers do not fall into step. What fails is logged once, counted,
 * and done again. Thread-safe.
 */
public final class Reconcilers implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Reconcilers.class);
    /** A pause is lengthened or shortened by at most this part of it. */
    private static final int JITTER_PART = 4;

    private final ChangeFeed feed;
    private final RandomGenerator random;
    private final Observer observer;
    private final List<Thread> threads;
    private volatile boolean closing;

    /** Hears what reconcilers do. Thread-safe. */
    public interface Observer {
        /** Hears nothing. */
        Observer NONE = new Observer() {
            @Override
            public void mended(String reconciler, int count) {
                // Nobody wants to know.
            }

            @Override
            public void failed(String reconciler, int count) {
                // Nobody wants to know.
            }
        };

        /** So much was mended; 0 when the reconciler begins. */
        void mended(String reconciler, int count);

        /** A look failed; 0 when the reconciler begins. */
        void failed(String reconciler, int count);
    }

    private Reconcilers(
            Collection<Reconciler> reconcilers, ChangeFeed feed, RandomGenerator random, Observer observer) {
        this.feed = requireNonNull(feed, "feed is null");
        this.random = requireNonNull(random, "random is null");
        this.observer = requireNonNull(observer, "observer is null");
        this.threads = reconcilers.stream()
                .map(reconciler -> Thread.ofVirtual()
                        .name("reconciler " + reconciler.name())
                        .unstarted(() -> run(reconciler)))
                .toList();
    }

    /**
     * Starts them.
     *
     * @param feed wakes them
     * @param random how long the pauses are
     */
    public static Reconcilers start(
            Collection<Reconciler> reconcilers, ChangeFeed feed, RandomGenerator random, Observer observer) {
        Reconcilers all = new Reconcilers(reconcilers, feed, random, observer);
        for (Reconciler reconciler : reconcilers) {
            observer.mended(reconciler.name(), 0);
            observer.failed(reconciler.name(), 0);
        }
        all.threads.forEach(Thread::start);
        return all;
    }

    private void run(Reconciler reconciler) {
        boolean failing = false;
        try {
            while (!closing) {
                long mark = feed.mark(reconciler.topic());
                boolean more = false;
                try {
                    more = look(reconciler);
                    if (failing) {
                        failing = false;
                        log.info("{} goes on", reconciler.name());
                    }
                } catch (Throwable failure) {
                    // Also an error: what nobody looks at any more would be worse than a look that fails again.
                    if (!closing && !failing) {
                        failing = true;
                        log.warn(
                                "{} failed; it is done again, and not logged again until it succeeds",
                                reconciler.name(),
                                failure);
                    }
                    observer.failed(reconciler.name(), 1);
                    // Whatever it waits for may be announced all the time; what fails has its pause.
                    mark = feed.mark(reconciler.topic());
                }
                if (!more) {
                    feed.await(reconciler.topic(), mark, jittered(reconciler.pause()));
                }
            }
        } catch (InterruptedException ending) {
            log.debug("{} ends with its controller", reconciler.name());
        } catch (RuntimeException | Error defect) {
            log.error("{} has ended; it runs again when the controller is started again", reconciler.name(), defect);
        }
    }

    /** Those that have ended though they should run: nobody looks at what they look at. */
    public List<String> ended() {
        return closing
                ? List.of()
                : threads.stream()
                        .filter(thread -> thread.getState() == Thread.State.TERMINATED)
                        .map(Thread::getName)
                        .toList();
    }

    private boolean look(Reconciler reconciler) {
        Reconciler.Look look = reconciler.mend();
        if (look.mended() > 0) {
            observer.mended(reconciler.name(), look.mended());
            log.info("{}: mended {}", reconciler.name(), look.mended());
        }
        if (look.failure().isPresent()) {
            throw look.failure().get();
        }
        return look.more();
    }

    private Duration jittered(Duration pause) {
        long part = pause.toNanos() / JITTER_PART;
        return pause.plusNanos(part == 0 ? 0 : random.nextLong(-part, part));
    }

    /** Ends them, each after what it is at. */
    @Override
    public void close() {
        closing = true;
        threads.forEach(Thread::interrupt);
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }
}
