package org.sluice.controller.store;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
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
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    /** How long one wait for notifications takes; also how soon a feed that is closed notices. */
    private static final Duration LISTEN = Duration.ofSeconds(1);
    /** How long nothing may come before the server is asked whether it is still there. */
    private static final Duration QUIET = Duration.ofSeconds(15);
    /** How long the server may take to say so. */
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

    private final Database database;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ConcurrentMap<String, Long> counts = new ConcurrentHashMap<>();
    private final Thread listener;
    /** Grows with each connection, and with it every mark: what was announced before it may have been missed. */
    private long connections;

    private volatile boolean closed;
    private volatile boolean listening;
    private volatile long heardNanos = System.nanoTime();
    private final LongAdder notifications = new LongAdder();

    /** Starts to listen on a connection of its own. */
    public ChangeFeed(Database database) {
        this.database = requireNonNull(database, "database is null");
        this.listener = Thread.ofVirtual().name("change-feed").start(this::listen);
    }

    /** Names what changed, to be sent when the handle's transaction commits and only then. */
    public static void announce(Handle handle, String topic) {
        handle.createQuery("select " + announcing(":topic"))
                .bind("topic", topic)
                .mapTo(String.class)
                .one();
    }

    /**
     * The expression that does the same inside of a statement.
     *
     * @param topic an expression of SQL
     */
    public static String announcing(String topic) {
        return "pg_notify('" + CHANNEL + "', " + topic + ")";
    }

    /** A mark to pass to {@link #await}; take it before reading the state, so that no change falls between. */
    public long mark(String topic) {
        lock.lock();
        try {
            return counts.getOrDefault(topic, 0L) + connections;
        } finally {
            lock.unlock();
        }
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

    /**
     * How the feed is.
     *
     * @param listening whether its connection stands
     * @param silence since the server last said anything, a notification or an answer; at most some 25 s while it listens
     * @param connections how often it connected; each after the first is one that was lost
     * @param notifications how many came
     */
    public record Health(boolean listening, Duration silence, long connections, long notifications) {}

    /** How the feed is now. */
    public Health health() {
        long count;
        lock.lock();
        try {
            count = connections;
        } finally {
            lock.unlock();
        }
        return new Health(listening, Duration.ofNanos(System.nanoTime() - heardNanos), count, notifications.sum());
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

    private void wakeEveryone() {
        lock.lock();
        try {
            connections++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void listen() {
        Duration pause = FIRST_PAUSE;
        boolean away = false;
        while (!closed) {
            boolean connected = false;
            try (Connection connection = DriverManager.getConnection(url());
                    Statement statement = connection.createStatement()) {
                statement.execute("listen " + CHANNEL);
                connected = true;
                heardNanos = System.nanoTime();
                listening = true;
                wakeEveryone();
                if (away) {
                    away = false;
                    log.info("the connection that listens for changes is back");
                }
                pause = FIRST_PAUSE;
                follow(connection, statement);
            } catch (SQLException | RuntimeException failure) {
                listening = false;
                if (closed) {
                    return;
                }
                if (!away) {
                    away = true;
                    log.warn("lost the connection that listens for changes; polling until it is back", failure);
                }
                pause(pause);
                pause = connected ? FIRST_PAUSE : longer(pause);
            }
        }
    }

    private void follow(Connection connection, Statement statement) throws SQLException {
        PGConnection postgres = connection.unwrap(PGConnection.class);
        while (!closed) {
            PGNotification[] notifications = postgres.getNotifications((int) LISTEN.toMillis());
            if (notifications != null && notifications.length > 0) {
                heardNanos = System.nanoTime();
                this.notifications.add(notifications.length);
                for (PGNotification notification : notifications) {
                    wake(notification.getParameter());
                }
            } else if (System.nanoTime() - heardNanos > QUIET.toNanos()) {
                // A server that went away without a word sends nothing either.
                statement.execute("select 1");
                heardNanos = System.nanoTime();
            }
        }
    }

    private String url() {
        StringBuilder url = new StringBuilder(database.url());
        Database.lively(ANSWER_WITHIN)
                .forEach((name, value) -> url.append(url.indexOf("?") < 0 ? '?' : '&')
                        .append(name)
                        .append('=')
                        .append(value));
        return url.toString();
    }

    private static Duration longer(Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }

    private void pause(Duration pause) {
        try {
            Thread.sleep(pause);
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
