package org.sluice.controller.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.http.Json;
import org.sluice.controller.store.TestDatabase;
import tools.jackson.databind.JsonNode;

/** What operators see of a controller: metrics, probes, the access log. */
class ObservationTest {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @TempDir
    static Path directory = Path.of("");

    private static ObservedApi api;

    @BeforeAll
    static void start() throws Exception {
        api = new ObservedApi(DATABASE.database(), directory.resolve("access.log"));
    }

    @AfterAll
    static void stop() throws Exception {
        api.close();
    }

    private static String metrics() {
        Answer answer = api.get("service", "/sluice/v1/metrics");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.text();
    }

    @Test
    void requestsAreCountedByRouteAndNeverByPath() {
        assertThat(api.get("member", "/network/v2.0/ports/11111111-1111-4111-8111-111111111111")
                        .status())
                .isEqualTo(404);
        assertThat(api.get("member", "/network/v2.0/nothing-" + System.nanoTime())
                        .status())
                .isEqualTo(404);
        String text = metrics();
        assertThat(text)
                .containsPattern(
                        "sluice_http_requests_seconds_count\\{[^}]*route=\"/network/v2.0/ports/\\{id}\"[^}]*status=\"404\"")
                .doesNotContain("11111111-1111-4111-8111-111111111111")
                .doesNotContain("nothing-");
    }

    @Test
    void metricsAreForServicesAndOperators() {
        assertThat(api.get("member", "/sluice/v1/metrics").status()).isEqualTo(403);
        assertThat(api.client.send("GET", "/sluice/v1/metrics", Map.of()).status())
                .isEqualTo(401);
        assertThat(api.get("admin", "/sluice/v1/metrics").status()).isEqualTo(200);
    }

    @Test
    void everyMetricOfTheDashboardIsThere() throws IOException {
        api.observation.decided(false, List.of("ComputeFilter"));
        api.observation.turnedAway(429);
        String text = metrics();
        JsonNode dashboard = Json.MAPPER.readTree(Files.readString(Path.of("..", "docs", "grafana", "sluice.json")));
        TreeSet<String> missing = new TreeSet<>();
        for (JsonNode panel : dashboard.required("panels")) {
            Matcher names = Pattern.compile("(?:sluice|hikaricp|jvm)_[a-z_]+")
                    .matcher(panel.at("/targets/0/expr").asString());
            while (names.find()) {
                if (!text.contains("\n" + names.group() + "{") && !text.contains("\n" + names.group() + " ")) {
                    missing.add(names.group());
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void readyIsWhoCanWork() {
        assertThat(api.client.send("GET", "/healthz", Map.of()).status()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> api.client.send("GET", "/readyz", Map.of()).status() == 200);
        api.fleetLoaded(false);
        try {
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> api.client.send("GET", "/readyz", Map.of()).status() == 503);
            assertThat(api.client.send("GET", "/readyz", Map.of()).text()).contains("fleet");
        } finally {
            api.fleetLoaded(true);
        }
    }

    @Test
    void everyRequestIsALineOfJsonWithoutSecrets() throws IOException {
        String global = "req-99999999-9999-4999-8999-999999999999";
        Answer answer = api.client.send(
                "GET",
                "/network/v2.0/ports?name=a-secret%0Aline",
                Map.of("X-Auth-Token", "member", "X-OpenStack-Request-ID", global));
        Path file = directory.resolve("access.log");
        String id = answer.header("x-openstack-request-id");
        await().atMost(Duration.ofSeconds(10))
                .until(() -> Files.readString(file).contains(id));
        String line = Files.readAllLines(file).stream()
                .filter(text -> text.contains(id))
                .findFirst()
                .orElseThrow();
        JsonNode json = Json.MAPPER.readTree(line);
        assertThat(json.required("global_request_id").asString()).isEqualTo(global);
        assertThat(json.required("status").asInt()).isEqualTo(200);
        assertThat(json.required("route").asString()).isEqualTo("/network/v2.0/ports");
        assertThat(json.required("user").asString()).isEqualTo("demo");
        assertThat(json.required("duration_ms").isNumber()).isTrue();
        assertThat(line).doesNotContain("a-secret").doesNotContain("X-Auth-Token");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }
}
