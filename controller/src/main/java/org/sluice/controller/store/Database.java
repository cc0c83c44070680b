package org.sluice.controller.store;

import static java.util.Objects.requireNonNull;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementException;
import org.jdbi.v3.core.statement.StatementExceptions;

/** The cluster's database: one pool of connections, migrated to this program's schema. Thread-safe. */
public final class Database implements AutoCloseable {
    private final String url;
    private final HikariDataSource pool;
    private final Jdbi jdbi;

    private Database(String url, HikariDataSource pool) {
        this.url = url;
        this.pool = pool;
        this.jdbi = Jdbi.create(pool);
        // Arguments are passwords' hashes and users' data; by default they are part of the message, and so of the log.
        jdbi.getConfig(StatementExceptions.class).setMessageRendering(Database::withoutArguments);
    }

    /**
     * Connects and brings the schema up to date. Two controllers that start at once are safe: Flyway holds a lock in the
     * database while it migrates.
     *
     * @param url JDBC URL with credentials, {@code jdbc:postgresql://host/sluice?user=...}
     * @param connections size of the pool
     */
    public static Database open(String url, int connections) {
        Database database = connect(url, connections);
        try {
            Flyway.configure().dataSource(database.pool).load().migrate();
        } catch (RuntimeException failure) {
            database.close();
            throw failure;
        }
        return database;
    }

    /** Connects to a database whose schema is known to be up to date. */
    static Database connect(String url, int connections) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(requireNonNull(url, "url is null"));
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(Math.min(2, connections));
        // The server's detail quotes whole rows: "Failing row contains (...)".
        config.addDataSourceProperty("logServerErrorDetail", "false");
        config.setPoolName("sluice");
        config.setAutoCommit(true);
        return new Database(url, new HikariDataSource(config));
    }

    private static String withoutArguments(StatementException failure) {
        StatementContext context = failure.getStatementContext();
        return context == null
                ? failure.getShortMessage()
                : failure.getShortMessage() + " [statement: " + context.getRawSql() + "]";
    }

    /** The door to SQL. */
    public Jdbi jdbi() {
        return jdbi;
    }

    /** The JDBC URL, for the one connection that listens and must not come from the pool. */
    String url() {
        return url;
    }

    @Override
    public void close() {
        pool.close();
    }
}
