package org.sluice.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a command started, closed in reverse order. Thread-safe: a signal may close it while the start still adds to it, and
 * what is added after that is closed at once.
 */
final class Resources implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Resources.class);

    private final Deque<Named> open = new ArrayDeque<>();
    private boolean closed;

    private record Named(String name, AutoCloseable resource) {}

    /** Adds what must be closed; the name is for the log. */
    <T extends AutoCloseable> T add(String name, T resource) {
        boolean late;
        synchronized (this) {
            late = closed;
            if (!late) {
                open.push(new Named(name, resource));
            }
        }
        if (late) {
            close(new Named(name, resource));
            throw new Stopped();
        }
        return resource;
    }

    /** The start goes on no further, because the stop has begun. */
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopped() {
            super("stopped while it started");
        }
    }

    /** Whether the stop has begun. */
    synchronized boolean isClosed() {
        return closed;
    }

    /** Closes everything; a failure to close one thing does not keep the others open. */
    @Override
    public void close() {
        while (true) {
            Named next;
            synchronized (this) {
                closed = true;
                if (open.isEmpty()) {
                    return;
                }
                next = open.pop();
            }
            close(next);
        }
    }

    private static void close(Named next) {
        try {
            next.resource().close();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            log.warn("interrupted while {} was closed", next.name());
        } catch (Exception failure) {
            log.error("{} could not be closed", next.name(), failure);
        }
    }
}
