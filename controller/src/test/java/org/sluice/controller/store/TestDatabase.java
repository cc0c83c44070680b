package org.sluice.controller.store;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives a test class a database of its own, migrated and empty, copied from a template in milliseconds:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final TestDatabase postgres = new TestDatabase();
 *
 * ... postgres.database().jdbi() ...
 * }</pre>
 *
 * <p>One server serves the whole test run; it does without fsync and is gone with everything in it when the run ends. A
 * server that a killed run left behind is removed by the next run.
 */
public final class TestDatabase implements BeforeAllCallback, AfterAllCallback {
    private static final int CONNECTIONS = 8;

    private @Nullable Database database;
    private @Nullable String url;

    /** The database of the class under test. */
    public Database database() {
        return requireNonNull(database, "the database is there from @BeforeAll to @AfterAll only");
    }

    /** Its JDBC URL, for a second controller on the same database. */
    public String url() {
        return requireNonNull(url, "the database is there from @BeforeAll to @AfterAll only");
    }

    /** Returns when somebody waits for a lock that another session of this database has. */
    public void awaitSomebodyWhoWaitsForALock() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> database()
                        .jdbi()
                        .withHandle(handle ->
                                handle.createQuery("""
                                select exists (select 1 from pg_stat_activity
                                    where datname = current_database() and wait_event_type = 'Lock')""").mapTo(Boolean.class).one()));
    }

    /** One more pool on the same database, as another controller would have it. The caller closes it. */
    public Database another() {
        return Database.connect(url(), CONNECTIONS);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        Server server = context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .computeIfAbsent(Server.class, _ -> Server.start(), Server.class);
        url = server.freshDatabase();
        database = Database.connect(url, CONNECTIONS);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (database != null) {
            database.close();
        }
        database = null;
        url = null;
    }

    /** The one server of a run. JUnit closes it with its root store. */
    static final class Server implements AutoCloseable {
        private static final String PREFIX = "sluice-test-postgres-";
        private static final String TEMPLATE = "template_sluice";

        private final Path directory;
        private final EmbeddedPostgres postgres;
        private final AtomicInteger databases = new AtomicInteger();

        private Server(Path directory, EmbeddedPostgres postgres) {
            this.directory = directory;
            this.postgres = postgres;
        }

        static Server start() {
            try {
                Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
                removeOrphans(temporary);
                Path directory =
                        temporary.resolve(PREFIX + ProcessHandle.current().pid());
                EmbeddedPostgres postgres = EmbeddedPostgres.start(
                        directory,
                        EmbeddedPostgres.defaultCache(System.getenv()),
                        EmbeddedPostgres.Durability.FORGETFUL);
                Server server = new Server(directory, postgres);
                server.execute("create database " + TEMPLATE);
                Database.open(server.urlOf(TEMPLATE), 2).close();
                return server;
            } catch (IOException | InterruptedException failure) {
                throw new IllegalStateException("the tests' PostgreSQL could not be started", failure);
            }
        }

        String freshDatabase() {
            String name = "test_" + databases.incrementAndGet();
            execute("create database " + name + " template " + TEMPLATE + " strategy file_copy");
            return urlOf(name);
        }

        @Override
        public void close() throws IOException {
            postgres.close();
            FileTrees.delete(directory);
        }

        private String urlOf(String database) {
            return postgres.url().replace("/sluice?", "/" + database + "?");
        }

        private void execute(String sql) {
            try (Connection connection = DriverManager.getConnection(postgres.url());
                    Statement statement = connection.createStatement()) {
                statement.execute(sql);
            } catch (SQLException failure) {
                throw new IllegalStateException(sql + " failed", failure);
            }
        }

        private static void removeOrphans(Path temporary) throws IOException, InterruptedException {
            List<Path> directories;
            try (Stream<Path> entries = Files.list(temporary)) {
                directories = entries.filter(
                                entry -> entry.getFileName().toString().startsWith(PREFIX))
                        .toList();
            }
            for (Path directory : directories) {
                String process = directory.getFileName().toString().substring(PREFIX.length());
                if (ProcessHandle.of(Long.parseLong(process)).isEmpty()) {
                    EmbeddedPostgres.stopLeftover(directory);
                    FileTrees.delete(directory);
                }
            }
        }
    }
}
