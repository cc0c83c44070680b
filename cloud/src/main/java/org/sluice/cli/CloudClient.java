package org.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.Json;
import org.sluice.model.Problem;
import tools.jackson.databind.JsonNode;

/** The cloud's own APIs as the admin uses them, through the front door. Thread-safe. */
final class CloudClient {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final String base;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String token;

    /** Logs in at {@code http://ADDRESS:PORT}. */
    CloudClient(String base, String password) throws IOException, InterruptedException {
        this.base = base;
        Map<String, Object> project = Map.of("name", "admin", "domain", Map.of("id", "default"));
        Map<String, Object> user = Map.of("name", "admin", "domain", Map.of("id", "default"), "password", password);
        Map<String, Object> identity = Map.of("methods", new String[] {"password"}, "password", Map.of("user", user));
        HttpResponse<byte[]> response = http.send(
                request("/identity/v3/auth/tokens", null)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(Json.MAPPER.writeValueAsBytes(
                                Map.of("auth", Map.of("identity", identity, "scope", Map.of("project", project))))))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        expectSuccess("POST", "/identity/v3/auth/tokens", response);
        this.token = response.headers()
                .firstValue("X-Subject-Token")
                .orElseThrow(() -> new IOException("the identity service gave no token"));
    }

    /** GET; the entity. */
    JsonNode get(String path) throws IOException, InterruptedException {
        return send("GET", path, HttpRequest.BodyPublishers.noBody(), "application/json");
    }

    /** POST of a JSON entity; the answer's entity. */
    JsonNode post(String path, Object entity) throws IOException, InterruptedException {
        return send("POST", path, json(entity), "application/json");
    }

    /** PUT of a JSON entity; the answer's entity. */
    JsonNode put(String path, Object entity) throws IOException, InterruptedException {
        return send("PUT", path, json(entity), "application/json");
    }

    /** PUT of a file's bytes. */
    void upload(String path, Path file) throws IOException, InterruptedException {
        send("PUT", path, HttpRequest.BodyPublishers.ofFile(file), "application/octet-stream");
    }

    /** PUT of bytes. */
    void upload(String path, byte[] bytes) throws IOException, InterruptedException {
        send("PUT", path, HttpRequest.BodyPublishers.ofByteArray(bytes), "application/octet-stream");
    }

    /** One segment of a path. */
    static String segment(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    private static HttpRequest.BodyPublisher json(Object entity) {
        return HttpRequest.BodyPublishers.ofByteArray(Json.MAPPER.writeValueAsBytes(entity));
    }

    private JsonNode send(String method, String path, HttpRequest.BodyPublisher body, String type)
            throws IOException, InterruptedException {
        HttpResponse<byte[]> response = http.send(
                request(path, token)
                        .header("Content-Type", type)
                        .method(method, body)
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        expectSuccess(method, path, response);
        return response.body().length == 0 ? Json.MAPPER.nullNode() : Json.MAPPER.readTree(response.body());
    }

    private HttpRequest.Builder request(String path, @Nullable String token) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(LIMIT);
        return token == null ? builder : builder.header("X-Auth-Token", token);
    }

    private static void expectSuccess(String method, String path, HttpResponse<byte[]> response) {
        if (response.statusCode() / 100 != 2) {
            throw Problem.of(
                            Problem.Kind.UNAVAILABLE,
                            "RequestRefused",
                            "The controller answered " + method + " " + path + " with " + response.statusCode() + ": "
                                    + new String(response.body(), UTF_8).strip())
                    .asException();
        }
    }
}
