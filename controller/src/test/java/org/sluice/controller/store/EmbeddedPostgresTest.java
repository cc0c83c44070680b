package org.sluice.controller.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server below a controller: what it keeps when it, or the controller, is killed. */
final class EmbeddedPostgresTest {
    @TempDir
    Path directory;

    @AfterEach
    void nothingIsLeftRunning() throws Exception {
        EmbeddedPostgres.stopLeftover(directory);
        assertThat(Postmaster.processesIn(directory.resolve("data"))).isEmpty();
    }

    private EmbeddedPostgres start() {
        return EmbeddedPostgres.start(directory, EmbeddedPostgres.defaultCache(System.getenv()));
    }

    @Test
    void acknowledgedRowsSurviveKill9OfTheServer() throws Exception {
        EmbeddedPostgres first = start();
        execute(first, "create table kept (value int)");
        execute(first, "insert into kept values (7)");
        ProcessHandle server = ProcessHandle.of(first.processId()).orElseThrow();
        server.destroyForcibly();
        server.onExit().join();

        try (EmbeddedPostgres second = start()) {
            assertThat(second.adopted()).isFalse();
            assertThat(single(second, "select value from kept")).isEqualTo("7");
        }
    }

    @Test
    void theServerOfAKilledControllerIsAdopted() throws Exception {
        EmbeddedPostgres left = start();
        execute(left, "create table kept (value int)");
        EmbeddedPostgres adopted = start();
        try (adopted) {
            assertThat(adopted.adopted()).isTrue();
            assertThat(adopted.processId()).isEqualTo(left.processId());
            assertThat(single(adopted, "select count(*) from kept")).isEqualTo("0");
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> ProcessHandle.of(left.processId()).isEmpty());
    }

    @Test
    void aServerThatDoesNotLetUsInIsReplaced() throws Exception {
        EmbeddedPostgres left = start();
        execute(left, "alter role sluice password 'another'");

        EmbeddedPostgres second = start();
        try (second) {
            assertThat(second.adopted()).isFalse();
            assertThat(ProcessHandle.of(left.processId())).isEmpty();
        }
    }

    @Test
    void aStaleProcessFileOfARecycledProcessIdIsNoObstacle() throws Exception {
        start().close();
        // Our own process is alive, and is no PostgreSQL.
        Files.writeString(
                directory.resolve("data/postmaster.pid"),
                ProcessHandle.current().pid() + "\n/proc/self/cwd\n1\n1\n\n127.0.0.1\n\nready\n");
        try (EmbeddedPostgres second = start()) {
            assertThat(second.adopted()).isFalse();
        }
    }

    @Test
    void anInterruptedFirstStartIsBegunAnew() throws Exception {
        Files.createDirectories(directory.resolve("data.new/base"));
        try (EmbeddedPostgres server = start()) {
            assertThat(single(server, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void itIsDurableAndNotRunAsRootAndItsPasswordIsSecret() throws Exception {
        try (EmbeddedPostgres server = start()) {
            assertThat(single(server, "show fsync")).isEqualTo("on");
            assertThat(single(server, "show synchronous_commit")).isEqualTo("on");
            assertThat(single(server, "show full_page_writes")).isEqualTo("on");
            assertThat(Files.getAttribute(Path.of("/proc/" + server.processId()), "unix:uid"))
                    .isNotEqualTo(0);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("password"))))
                    .isEqualTo("rw-------");
            assertThat(Files.readAllLines(Path.of("/proc/" + server.processId() + "/status")))
                    .contains("CapEff:\t0000000000000000", "CapBnd:\t0000000000000000");
        }
    }

    private static void execute(EmbeddedPostgres server, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.url());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String single(EmbeddedPostgres server, String sql) throws SQLException, IOException {
        try (Connection connection = DriverManager.getConnection(server.url());
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            if (!rows.next()) {
                throw new IOException(sql + " gave no row");
            }
            return rows.getString(1);
        }
    }
}
