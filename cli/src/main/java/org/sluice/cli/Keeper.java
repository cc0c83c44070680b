package org.sluice.cli;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.model.ProblemException;

/**
 * Keeps one thing running: when it ends, it is started again, at once the first time and after growing pauses when it ends
 * again soon or does not start; it never gives up. What happened is said in one line. Thread-safe.
 *
 * @param <T> what is kept
 */
final class Keeper<T extends Keeper.Kept> implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Keeper.class);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

    /** Something that runs until it is closed, or ends by itself. */
    interface Kept extends AutoCloseable {
        /** Waits until it has ended, and says how in a few words: {@code process 4711 ended}. */
        String awaitEnd() throws InterruptedException;

        /** Ends it in order, and what is left of it when it has ended by itself. */
        @Override
        void close();
    }

    /** Starts what is kept. */
    @FunctionalInterface
    interface Start<T> {
        /** Returns when it runs. */
        T start() throws Exception;
    }

    /**
     * How long to wait before the next try.
     *
     * @param first before the second try; each further one waits twice as long
     * @param longest what the pauses grow to
     * @param steady whoever ran so long is started again at once
     */
    record Pauses(Duration first, Duration longest, Duration steady) {
        Duration after(Duration pause) {
            if (pause.isZero()) {
                return first;
            }
            Duration doubled = pause.multipliedBy(2);
            return doubled.compareTo(longest) > 0 ? longest : doubled;
        }
    }

    private final String name;
    private final Start<T> start;
    private final Pauses pauses;
    private final Consumer<String> news;
    private final Thread thread;
    private @Nullable T running;
    private boolean closed;

    private Keeper(String name, T first, Start<T> again, Pauses pauses, Consumer<String> news) {
        this.name = requireNonNull(name, "name is null");
        this.running = requireNonNull(first, "first is null");
        this.start = requireNonNull(again, "again is null");
        this.pauses = requireNonNull(pauses, "pauses is null");
        this.news = requireNonNull(news, "news is null");
        this.thread = Thread.ofVirtual().name("keeper of " + name).unstarted(() -> keep(first));
    }

    /**
     * Keeps what runs already.
     *
     * @param name what it is called in what is said about it: {@code PostgreSQL}
     * @param first what runs
     * @param again starts the next one
     * @param news gets the lines
     */
    static <T extends Kept> Keeper<T> of(String name, T first, Start<T> again, Pauses pauses, Consumer<String> news) {
        Keeper<T> keeper = new Keeper<>(name, first, again, pauses, news);
        keeper.thread.start();
        return keeper;
    }

    /** What runs; waits while nothing does. */
    synchronized T running() throws InterruptedException {
        while (true) {
            T now = running;
            if (now != null) {
                return now;
            }
            if (closed) {
                throw new InterruptedException(name + " is being stopped");
            }
            wait();
        }
    }

    /** Ends it for good; an interrupt ends the waiting for its thread, and stays set. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        thread.interrupt();
        try {
            thread.join(STOP_LIMIT);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
        Optional<T> last = exchange(null);
        last.ifPresent(Kept::close);
    }

    private void keep(T first) {
        T kept = first;
        Duration pause = Duration.ZERO;
        try {
            while (true) {
                long since = System.nanoTime();
                String how = kept.awaitEnd();
                if (isClosed()) {
                    return;
                }
                exchange(null).ifPresent(Kept::close);
                boolean steady = System.nanoTime() - since >= pauses.steady().toNanos();
                pause = steady || pause.isZero() ? Duration.ZERO : pauses.after(pause);
                log.warn("{} ended: {}", name, how);
                kept = again(how, pause);
                pause = pauses.after(pause);
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private T again(String how, Duration firstPause) throws InterruptedException {
        long ended = System.nanoTime();
        Duration pause = firstPause;
        boolean said = false;
        while (true) {
            Thread.sleep(pause);
            try {
                T next = start.start();
                adopt(next);
                String done = "%s ended (%s) and was started again after %.1f s."
                        .formatted(name, how, (System.nanoTime() - ended) / 1e9);
                log.info("{}", done);
                news.accept(done);
                return next;
            } catch (InterruptedException closing) {
                throw closing;
            } catch (Exception failure) {
                if (isClosed()) {
                    throw new InterruptedException(name + " is being stopped");
                }
                if (!said) {
                    said = true;
                    log.warn("{} does not start again; it is tried on", name, failure);
                    news.accept("%s ended (%s) and does not start again yet, which is tried on: %s"
                            .formatted(name, how, sentence(failure)));
                }
                pause = pauses.after(pause);
            }
        }
    }

    private static String sentence(Exception failure) {
        return failure instanceof ProblemException problem ? problem.problem().sentence() : failure.toString();
    }

    private void adopt(T next) throws InterruptedException {
        synchronized (this) {
            if (!closed) {
                running = next;
                notifyAll();
                return;
            }
        }
        next.close();
        throw new InterruptedException(name + " is being stopped");
    }

    private synchronized Optional<T> exchange(@Nullable T next) {
        T before = running;
        running = next;
        return Optional.ofNullable(before);
    }

    private synchronized boolean isClosed() {
        return closed;
    }
}
