package org.sluice.controller.http.door;

import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.http1.Http1Connection;
import io.helidon.webserver.spi.ServerConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/** Helidon's connection within ours: while it runs, its thread finds the reader of its requests. */
final class GuardedConnection implements ServerConnection, InterruptableTask<Void> {
    /** Of the connection that this thread serves. */
    static final ScopedValue<MessageReader> CURRENT = ScopedValue.newInstance();

    /** How long a client may go on to send what nobody reads, so that it reads our reply and not a reset (RFC 9112, 9.6). */
    private static final Duration LINGER = Duration.ofSeconds(2);

    private static final long LINGER_BYTES = 4 << 20;

    private final Http1Connection connection;
    private final MessageReader requests;
    private final Visit visit;
    private final boolean secure;
    private final Runnable left;

    GuardedConnection(
            Http1Connection connection, MessageReader requests, Visit visit, boolean secure, Runnable left) {
        this.connection = connection;
        this.requests = requests;
        this.visit = visit;
        this.secure = secure;
        this.left = left;
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
        try {
            ScopedValue.where(CURRENT, requests).<Void, InterruptedException>call(() -> {
                connection.handle(limit);
                return null;
            });
        } finally {
            linger();
            left.run();
        }
    }

    private void linger() {
        if (!requests.leavesInputUnread()) {
            return;
        }
        visit.expectWithin(LINGER);
        try {
            if (!secure) {
                visit.endOutput();
            }
            requests.readAway(LINGER_BYTES);
        } catch (IOException | UncheckedIOException gone) {
            // The client has ended the connection itself, which is as good.
        } finally {
            visit.expectNothing();
        }
    }

    @Override
    @SuppressWarnings("removal")
    public void handle(Semaphore requests) throws InterruptedException {
        throw new UnsupportedOperationException("connections are handled with a limit");
    }

    @Override
    public Duration idleTime() {
        return connection.idleTime();
    }

    @Override
    public void close(boolean interrupt) {
        connection.close(interrupt);
    }

    @Override
    public boolean canInterrupt() {
        return connection.canInterrupt();
    }
}
