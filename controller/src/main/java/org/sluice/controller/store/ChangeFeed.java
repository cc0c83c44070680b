package org.sluice.controller.store;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Handle;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes threads that wait for a change, also one made through another controller (PostgreSQL LISTEN/NOTIFY). It only
 * wakes: whoever waits reads the database again, and polls as well, so that a lost notification costs time and nothing
 * else. Thread-safe.
 */
public final class ChangeFeed implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ChangeFeed.class);
    private static final String CHANNEL = "sluice";
    private static final Duration RECONNECT_PAUSE = Duration.ofMillis(500);

    private final Database database;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ConcurrentMap<String, Long> counts = new ConcurrentHashMap<>();
    private final Thread listener;
    private volatile boolean closed;

    /** Starts to listen on a connection of its own. */
    public ChangeFeed(Database database) {
        this.database = requireNonNull(database, "database is null");
        this.listener = Thread.ofVirtual().name("change-feed").start(this::listen);
    }

    /** Names what changed, to be sent when the handle's transaction commits and only then. */
    public static void announce(Handle handle, String topic) {
        handle.createQuery("select pg_notify('" + CHANNEL + "', :topic)")
                .bind("topic", topic)
                .mapTo(String.class)
                .one();
    }

    /** A mark to pass to {@link #await}; take it before reading the state, so that no change falls between. */
    public long mark(String topic) {
        return counts.getOrDefault(topic, 0L);
    }

    /**
     * Waits until the topic was announced after the mark was taken, or the time is over.
     *
     * @return whether it was announced
     * @throws InterruptedException also when the feed is closed: who waits then waits for nothing
     */
    public boolean await(String topic, long mark, Duration limit) throws InterruptedException {
        long nanos = limit.toNanos();
        lock.lock();
        try {
            while (mark(topic) == mark) {
                if (closed) {
                    throw new InterruptedException("the change feed is closed");
                }
                if (nanos <= 0) {
                    return false;
                }
                nanos = changed.awaitNanos(nanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the feed has ended: {@link #await} no longer waits, so whoever waits in a loop must leave it. */
    public boolean isClosed() {
        return closed;
    }

    private void wake(String topic) {
        lock.lock();
        try {
            counts.merge(topic, 1L, Long::sum);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void listen() {
        while (!closed) {
            try (Connection connection = DriverManager.getConnection(database.url());
                    Statement statement = connection.createStatement()) {
                statement.execute("listen " + CHANNEL);
                // Announcements made while we were not connected are lost: let everyone look once.
                counts.keySet().forEach(this::wake);
                PGConnection postgres = connection.unwrap(PGConnection.class);
                while (!closed) {
                    PGNotification[] notifications = postgres.getNotifications(1_000);
                    if (notifications != null) {
                        for (PGNotification notification : notifications) {
                            wake(notification.getParameter());
                        }
                    }
                }
            } catch (SQLException failure) {
                if (!closed) {
                    log.warn("lost the connection that listens for changes; polling until it is back", failure);
                    pause();
                }
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(RECONNECT_PAUSE);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            closed = true;
        }
    }

    @Override
    public void close() {
        closed = true;
        listener.interrupt();
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
