package org.sluice.controller.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.store.TestDatabase;

/** The last one takes the database away. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ReadyTest {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    private static ObservedApi api;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        api = new ObservedApi(DATABASE.database(), directory.resolve("access.log"));
    }

    @AfterAll
    static void stop() throws Exception {
        api.close();
    }

    private static Answer ask(String path) {
        return api.client.send("GET", path, Map.of());
    }

    private static List<String> missing() {
        return ask("/readyz")
                .json()
                .path("not_ready")
                .valueStream()
                .map(each -> each.path("what").asString())
                .toList();
    }

    @Test
    @Order(0)
    void aCertificateWhoseFilesAreNoGoodIsAWarning() {
        AtomicBoolean current = new AtomicBoolean(true);
        api.observation.certificate(current::get);
        assertThat(ask("/readyz").json().path("warnings").isEmpty()).isTrue();
        current.set(false);
        assertThat(ask("/readyz").json().path("warnings").path(0).path("what").asString())
                .isEqualTo("tls");
        current.set(true);
        assertThat(ask("/readyz").json().path("warnings").isEmpty()).isTrue();
    }

    @Test
    @Order(1)
    void itIsReadyWithoutATokenWhenEverythingIs() {
        await().until(() -> ask("/readyz").status() == 200);
        assertThat(ask("/readyz").json().path("ready").asBoolean()).isTrue();
        assertThat(ask("/healthz").status()).isEqualTo(200);
        assertThat(api.client.send("POST", "/readyz", Map.of()).status()).isEqualTo(405);
    }

    @Test
    @Order(2)
    void workInTheBackgroundThatHasEndedIsNamed() {
        List<String> ended = new CopyOnWriteArrayList<>(List.of("reconciler waiting-boots"));
        api.observation.watchThreads(() -> ended);
        Answer answer = ask("/readyz");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.json().at("/not_ready/0/what").asString()).isEqualTo("background");
        assertThat(answer.json().at("/not_ready/0/message").asString())
                .contains("Work in the background has ended: reconciler waiting-boots.");
        ended.clear();
        assertThat(ask("/readyz").status()).isEqualTo(200);
    }

    @Test
    @Order(2)
    void aFleetThatWasNotReadIsNamed() {
        api.fleetLoaded(false);
        assertThat(ask("/readyz").status()).isEqualTo(503);
        assertThat(missing()).containsExactly("fleet_index");
        api.fleetLoaded(true);
    }

    @Test
    @Order(2)
    void aDiskWithoutRoomIsSaidAndEndsNothing() {
        assertThat(ask("/readyz").json().path("warnings")).isEmpty();
        api.diskHas(ObservedApi.RESERVED - 1);
        await().until(() -> !ask("/readyz").json().path("warnings").isEmpty());
        Answer answer = ask("/readyz");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("ready").asBoolean()).isTrue();
        assertThat(answer.json().at("/warnings/0/what").asString()).isEqualTo("disk");
        assertThat(answer.json().at("/warnings/0/message").asString()).contains("less than the reserve");
        api.diskHas(ObservedApi.RESERVED * 2);
        await().until(() -> ask("/readyz").json().path("warnings").isEmpty());
    }

    @Test
    @Order(3)
    void aSchemaThatIsNotOursIsNamed() {
        DATABASE.database()
                .jdbi()
                .useHandle(handle -> handle.execute("update flyway_schema_history set version = '9' || version"));
        await().until(() -> missing().contains("migrations"));
        assertThat(ask("/readyz").status()).isEqualTo(503);
        DATABASE.database()
                .jdbi()
                .useHandle(handle -> handle.execute("update flyway_schema_history set version = substr(version, 2)"));
        await().until(() -> ask("/readyz").status() == 200);
    }

    @Test
    @Order(4)
    void aDatabaseThatIsGoneIsNamedWithinSecondsAndTheProcessStillLives() throws Exception {
        String name = DATABASE.database()
                .jdbi()
                .withHandle(handle -> handle.createQuery("select current_database()")
                        .mapTo(String.class)
                        .one());
        // From another database of the same server: nobody may shut the one that he is in.
        try (Connection connection =
                        DriverManager.getConnection(DATABASE.url().replace("/" + name + "?", "/postgres?"));
                Statement statement = connection.createStatement()) {
            statement.execute("alter database " + name + " allow_connections false");
            statement.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + name + "'");
        }
        await().until(() -> missing().containsAll(List.of("database", "change_feed")));
        long began = System.nanoTime();
        assertThat(ask("/readyz").status()).isEqualTo(503);
        assertThat(System.nanoTime() - began).isLessThan(3_000_000_000L);
        assertThat(ask("/healthz").status()).isEqualTo(200);
    }
}
