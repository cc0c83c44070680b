package org.sluice.controller.store;

import static java.util.Objects.requireNonNull;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.function.Consumer;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementException;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.postgresql.PGProperty;

/**
 * A pool of connections to the cluster's database, migrated to this program's schema. Work of one kind that must not wait for
 * another kind's has a pool of its own ({@link #beside}). Thread-safe.
 */
public final class Database implements AutoCloseable {
    /** How long a request waits for a connection; who asks shall hear within seconds that there is none. */
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);

    private static final Duration VALIDATE_WITHIN = Duration.ofSeconds(2);

    /** The version of the last file in {@code db/migration}; a test holds both. */
    static final String NEWEST_MIGRATION = "54";

    /** How many files there are. */
    static final int MIGRATIONS = 42;

    private final String url;
    private final DatabaseLimits limits;
    private final HikariDataSource pool;
    private final Jdbi jdbi;

    private Database(String url, DatabaseLimits limits, HikariDataSource pool) {
        this.url = url;
        this.limits = limits;
        this.pool = pool;
        this.jdbi = Jdbi.create(pool);
        // Arguments are passwords' hashes and users' data; by default they are part of the message, and so of the log.
        jdbi.getConfig(StatementExceptions.class).setMessageRendering(Database::withoutArguments);
        jdbi.setTransactionHandler(new AttributedTransactions());
    }

    /**
     * Connects and brings the schema up to date. Two controllers that start at once are safe: Flyway holds a lock in the
     * database while it migrates. Where nothing is to be done Flyway is left out: to find that out took it half a second of each start.
     *
     * @param url JDBC URL with credentials, {@code jdbc:postgresql://host/sluice?user=...}
     * @param connections size of the pool
     */
    public static Database open(String url, int connections) {
        return open(url, connections, DatabaseLimits.USUAL);
    }

    /** The same with limits of one's own, which hold for the pool and not for the migrations. */
    public static Database open(String url, int connections, DatabaseLimits limits) {
        Database database = connect(url, "sluice", connections, limits);
        try {
            if (!database.isMigrated()) {
                // Connections of its own: a migration of much data may take longer than any request's statement.
                Flyway.configure().dataSource(url, null, null).load().migrate();
            }
        } catch (RuntimeException failure) {
            database.close();
            throw failure;
        }
        return database;
    }

    /** Connects to a database whose schema is known to be up to date. */
    static Database connect(String url, int connections) {
        return connect(url, connections, DatabaseLimits.USUAL);
    }

    /** The same with limits of one's own. */
    static Database connect(String url, int connections, DatabaseLimits limits) {
        return connect(url, "sluice", connections, limits);
    }

    private static Database connect(String url, String name, int connections, DatabaseLimits limits) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(requireNonNull(url, "url is null"));
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(Math.min(2, connections));
        // The server's detail quotes whole rows: "Failing row contains (...)".
        config.addDataSourceProperty("logServerErrorDetail", "false");
        config.setPoolName(name);
        config.setAutoCommit(true);
        config.setConnectionTimeout(CONNECT_WITHIN.toMillis());
        config.setValidationTimeout(VALIDATE_WITHIN.toMillis());
        config.setConnectionInitSql(limits.sql());
        config.setDataSourceProperties(lively(limits.silence()));
        return new Database(url, limits, new HikariDataSource(config));
    }

    private static String withoutArguments(StatementException failure) {
        StatementContext context = failure.getStatementContext();
        return context == null
                ? failure.getShortMessage()
                : failure.getShortMessage() + " [statement: " + context.getRawSql() + "]";
    }

    /**
     * One more pool to the same database, with the same limits. The caller closes it.
     *
     * @param name of the pool, for the log
     * @param connections size of the pool
     */
    public Database beside(String name, int connections) {
        return beside(name, connections, limits);
    }

    /** The same with limits of its own. */
    public Database beside(String name, int connections, DatabaseLimits others) {
        return connect(url, "sluice-" + requireNonNull(name, "name is null"), connections, others);
    }

    /** What its connections have patience for. */
    public DatabaseLimits limits() {
        return limits;
    }

    /**
     * Does one piece of work that may take longer than the pool's limits allow, such as a vacuum; outside of any transaction.
     *
     * @param longest how long each of its statements may take
     */
    public void atLeisure(Duration longest, Consumer<Handle> work) {
        DatabaseLimits leisurely = limits.withStatement(longest);
        jdbi.useHandle(handle -> {
            beSilentFor(leisurely.silence(), handle.getConnection());
            handle.execute(leisurely.sql());
            try {
                work.accept(handle);
            } finally {
                handle.execute(limits.sql());
            }
        });
    }

    /** The pool sets the driver's patience back when it gets the connection. */
    private static void beSilentFor(Duration silence, Connection connection) {
        try {
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(silence.toMillis()));
        } catch (SQLException gone) {
            throw new ConnectionException(gone);
        }
    }

    /** The door to SQL. */
    public Jdbi jdbi() {
        return jdbi;
    }

    /** Whether the database answers, and its schema is the one that this program migrates to, or a later one that came after it. */
    public boolean isMigrated() {
        return jdbi.withHandle(handle -> handle.createQuery("select to_regclass('flyway_schema_history') is not null")
                        .mapTo(Boolean.class)
                        .one()
                && handle.createQuery(
                                "select count(*) filter (where version = :version) = 1 and count(version) >= :migrations"
                                        + " from flyway_schema_history where success")
                        .bind("version", NEWEST_MIGRATION)
                        .bind("migrations", MIGRATIONS)
                        .mapTo(Boolean.class)
                        .one());
    }

    /** Lets a tracker measure the pool: how many connections are in use, and how long they are waited for. Once. */
    public void measuredBy(MetricsTrackerFactory tracker) {
        pool.setMetricsTrackerFactory(tracker);
    }

    /** The JDBC URL, for the one connection that listens and must not come from the pool. */
    String url() {
        return url;
    }

    /** Properties of a connection that does not wait for ever for a server that is gone. */
    static Properties lively(Duration silence) {
        Properties properties = new Properties();
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        PGProperty.CONNECT_TIMEOUT.set(properties, (int) CONNECT_WITHIN.toSeconds());
        PGProperty.LOGIN_TIMEOUT.set(properties, (int) CONNECT_WITHIN.toSeconds());
        PGProperty.SOCKET_TIMEOUT.set(properties, (int) silence.toSeconds());
        return properties;
    }

    @Override
    public void close() {
        pool.close();
    }
}
