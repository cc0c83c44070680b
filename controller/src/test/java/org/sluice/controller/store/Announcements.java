package org.sluice.controller.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Hears what is announced on a test's database, so that a test can say what a change announces and what it does not. */
public final class Announcements implements AutoCloseable {
    private static final int LONGEST_WAIT_MILLIS = 20_000;

    private final Database database;
    private final Connection connection;

    public Announcements(Database database) throws SQLException {
        this.database = database;
        this.connection = DriverManager.getConnection(database.url());
        try (Statement statement = connection.createStatement()) {
            statement.execute("listen sluice");
        }
    }

    /** The topics that this work announces. They come in the order of commits, so two of our own enclose them. */
    public Set<String> during(Runnable work) throws SQLException {
        untilOneOfOurs();
        work.run();
        return untilOneOfOurs();
    }

    private Set<String> untilOneOfOurs() throws SQLException {
        String ours = "ours:" + UUID.randomUUID();
        database.jdbi().useTransaction(handle -> ChangeFeed.announce(handle, ours));
        Set<String> topics = new LinkedHashSet<>();
        while (true) {
            PGNotification[] heard = connection.unwrap(PGConnection.class).getNotifications(LONGEST_WAIT_MILLIS);
            if (heard == null || heard.length == 0) {
                throw new AssertionError("heard " + topics + ", and then nothing");
            }
            for (PGNotification notification : heard) {
                if (notification.getParameter().equals(ours)) {
                    return topics;
                }
                topics.add(notification.getParameter());
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
