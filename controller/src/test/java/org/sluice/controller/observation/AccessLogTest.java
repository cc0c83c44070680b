package org.sluice.controller.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.RequestObserver.Answered;
import org.sluice.controller.http.RequestObserver.Asked;
import org.sluice.controller.store.TestDatabase;
import tools.jackson.databind.JsonNode;

final class AccessLogTest {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    private static Path file;
    private static ObservedApi api;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        file = directory.resolve("access.log");
        api = new ObservedApi(DATABASE.database(), file);
    }

    @AfterAll
    static void stop() throws Exception {
        api.close();
    }

    private static JsonNode line(Answer of) {
        String id = of.header("x-openstack-request-id");
        return await().until(
                        () -> Files.readAllLines(file).stream()
                                .filter(line -> line.contains(id))
                                .map(Json.MAPPER::readTree)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    @Test
    void aRequestIsOneLineThatSaysWhoAskedWhatAndWhatBecameOfIt() {
        String global = "req-" + UUID.randomUUID();
        Answer answer = api.client.send(
                "GET",
                "/network/v2.0/networks?name=my-secret-name",
                Map.of("X-Auth-Token", "admin", "X-OpenStack-Request-ID", global));

        JsonNode line = line(answer);
        assertThat(Instant.parse(line.path("time").asString())).isBeforeOrEqualTo(Instant.now());
        assertThat(line.path("global_request_id").asString()).isEqualTo(global);
        assertThat(line.path("peer").asString()).isEqualTo("127.0.0.1");
        assertThat(line.path("user_id").asString()).isEqualTo(ObservedApi.ADMIN.userId());
        assertThat(line.path("user").asString()).isEqualTo(ObservedApi.ADMIN.userName());
        assertThat(line.path("project_id").asString()).isEqualTo(ObservedApi.ADMIN.projectId());
        assertThat(line.path("method").asString()).isEqualTo("GET");
        assertThat(line.path("path").asString()).isEqualTo("/network/v2.0/networks");
        assertThat(line.path("route").asString()).isEqualTo("/network/v2.0/networks");
        assertThat(line.path("status").asInt()).isEqualTo(200);
        assertThat(line.path("bytes").asInt()).isEqualTo(answer.body().length);
        assertThat(line.path("duration_ms").asDouble()).isPositive();
    }

    @Test
    void nothingThatClientsSendWritesALineOfItsOwnOrASecret() throws Exception {
        Answer answer = api.client.send(
                "GET",
                "/network/v2.0/%0a%7b%22status%22:200%7d?password=hunter2",
                Map.of("X-Auth-Token", "a-token-nobody-knows"));

        JsonNode line = line(answer);
        assertThat(line.path("route").asString()).isEqualTo("none");
        assertThat(line.path("path").asString()).isEqualTo("/network/v2.0/%0a%7b%22status%22:200%7d");
        assertThat(line.has("user")).isFalse();
        line(api.get("admin", "/network/v2.0/networks"));
        String all = Files.readString(file);
        assertThat(all).doesNotContain("hunter2").doesNotContain("a-token-nobody-knows");
        assertThat(all).matches("[\\x20-\\x7e\\n]*");
        assertThat(all.lines()).allMatch(text -> Json.MAPPER.readTree(text).isObject());
    }

    @Test
    void anIdThatIsNoneIsNoGlobalRequestId() {
        Answer answer = api.client.send(
                "GET",
                "/network/v2.0/networks",
                Map.of("X-Auth-Token", "admin", "X-OpenStack-Request-ID", "req-forged"));
        assertThat(line(answer).has("global_request_id")).isFalse();
        assertThat(answer.header("x-openstack-request-id")).isNotEqualTo("req-forged");
    }

    @Test
    void filesAreTheOwnersBoundedAndFourInAll(@TempDir Path directory) throws Exception {
        Path bounded = directory.resolve("access.log");
        try (AccessLog log = AccessLog.open(bounded, Instant::now, 2_000, 10_000)) {
            for (int i = 0; i < 5_000; i++) {
                log.answered(answered());
            }
        }
        List<Path> files;
        try (var listed = Files.list(directory)) {
            files = listed.sorted().toList();
        }
        assertThat(files.stream().map(path -> path.getFileName().toString()))
                .containsExactly("access.log", "access.log.1", "access.log.2", "access.log.3");
        for (Path each : files) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
                    .isEqualTo("rw-------");
            // What is written at once may be larger than the small bound of this test, and then has a file to itself.
            assertThat(Files.size(each)).isLessThan(256 * 400);
        }
    }

    @Test
    void aDiskThatIsFullWhenANewFileIsDueCostsNoOlderOne(@TempDir Path directory) throws Exception {
        Path rolled = directory.resolve("access.log");
        for (int number = 1; number <= 3; number++) {
            Files.writeString(directory.resolve("access.log." + number), "older " + number);
        }
        Files.writeString(rolled, "x".repeat(2_000));
        AtomicInteger opened = new AtomicInteger();
        AccessLog.Opener full = path -> {
            int number = opened.incrementAndGet();
            if (number > 1 && number < 6) {
                throw new IOException("No space left on device");
            }
            return FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        };
        try (AccessLog log = AccessLog.open(rolled, full, Instant::now, 2_000, 100)) {
            await().pollInterval(Duration.ofMillis(20)).until(() -> {
                log.answered(answered());
                return opened.get() >= 6;
            });
        }

        assertThat(directory.resolve("access.log.1")).hasContent("x".repeat(2_000));
        assertThat(directory.resolve("access.log.2")).hasContent("older 1");
        assertThat(directory.resolve("access.log.3")).hasContent("older 2");
        assertThat(Files.readAllLines(rolled)).isNotEmpty();
    }

    @Test
    void whatDoesNotFitTheQueueIsDroppedAndCounted(@TempDir Path directory) throws Exception {
        AccessLog log = AccessLog.open(directory.resolve("access.log"), Instant::now, 1_000_000, 1);
        for (int i = 0; i < 50_000; i++) {
            log.answered(answered());
        }
        log.close();
        assertThat(log.dropped()).isPositive();
        assertThat(Files.readAllLines(directory.resolve("access.log")).size() + log.dropped())
                .isGreaterThanOrEqualTo(6_000)
                .isLessThanOrEqualTo(50_000);
    }

    private static Answered answered() {
        return new Answered(
                new Asked(
                        "req-1",
                        Optional.empty(),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                        Optional.empty(),
                        false,
                        "/network",
                        "GET",
                        "/network/v2.0/ports",
                        Optional.empty(),
                        false),
                "/network/v2.0/ports",
                200,
                12,
                1_000_000);
    }
}
