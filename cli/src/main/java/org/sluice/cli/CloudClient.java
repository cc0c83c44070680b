package org.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.sluice.controller.http.Json;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;

/** A cloud's APIs through its front door. Refusals become problems in the cloud's own words. Thread-safe. */
public final class CloudClient {
    /** The code of the problem that nobody answers. */
    static final String UNREACHABLE = "CloudUnreachable";

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String JSON = "application/json";
    private static final String BYTES = "application/octet-stream";

    private final HttpClient http;
    private final String base;
    private final String token;

    /**
     * Logs in.
     *
     * @throws ProblemException when the cloud does not answer, or refuses
     */
    CloudClient(Login login) throws InterruptedException {
        this(login, login.authorities().map(CloudHttp::trusting).orElseGet(CloudHttp::usual));
    }

    /** Logs in by that way to speak HTTP. */
    CloudClient(Login login, HttpClient http) throws InterruptedException {
        this.http = requireNonNull(http, "http is null");
        this.base = login.base();
        Map<String, Object> domain = Map.of("id", "default");
        Map<String, Object> user = Map.of("name", login.userName(), "domain", domain, "password", login.password());
        Map<String, Object> auth = Map.of(
                "identity",
                Map.of("methods", new String[] {"password"}, "password", Map.of("user", user)),
                "scope",
                Map.of("project", Map.of("name", login.projectName(), "domain", domain)));
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/identity/v3/auth/tokens?nocatalog"))
                .timeout(LIMIT)
                .header("Content-Type", JSON)
                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.MAPPER.writeValueAsBytes(Map.of("auth", auth))))
                .build();
        this.token = bought(request, login)
                .headers()
                .firstValue("X-Subject-Token")
                .orElseThrow(() -> unreachable("it gave no token.", Optional.empty()));
    }

    /** Speaks with a token that is there already. */
    CloudClient(String base, String token, HttpClient http) {
        this.http = requireNonNull(http, "http is null");
        this.base = requireNonNull(base, "base is null");
        this.token = requireNonNull(token, "token is null");
    }

    private HttpResponse<byte[]> bought(HttpRequest request, Login login) throws InterruptedException {
        try {
            return send(request);
        } catch (ProblemException refused) {
            Problem problem = refused.problem();
            throw problem.kind() == Problem.Kind.UNAUTHENTICATED
                    ? new ProblemException(login.refused(problem.sentence()), refused)
                    : refused;
        }
    }

    /** What it shows the cloud. */
    String token() {
        return token;
    }

    /** GET; the entity. */
    public JsonNode get(String path) throws InterruptedException {
        return tree(send(request(path, JSON).GET().build()));
    }

    /** GET of a list, page after page. */
    public List<JsonNode> list(String path, String member) throws InterruptedException {
        List<JsonNode> all = new ArrayList<>();
        JsonNode page = get(path);
        page.path(member).forEach(all::add);
        while (page.path("next").isString()) {
            page = get(page.path("next").asString());
            page.path(member).forEach(all::add);
        }
        return all;
    }

    /** POST of a JSON entity; the answer's entity. */
    JsonNode post(String path, Object entity) throws InterruptedException {
        return tree(send(request(path, JSON).POST(json(entity)).build()));
    }

    /** PUT of a JSON entity; the answer's entity. */
    public JsonNode put(String path, Object entity) throws InterruptedException {
        return tree(send(request(path, JSON).PUT(json(entity)).build()));
    }

    /** PATCH of a JSON entity; the answer's entity. */
    JsonNode patch(String path, Object entity) throws InterruptedException {
        return tree(send(request(path, JSON).method("PATCH", json(entity)).build()));
    }

    /** DELETE; the answer's entity. */
    JsonNode delete(String path) throws InterruptedException {
        return tree(send(request(path, JSON).DELETE().build()));
    }

    /** PUT of a file's bytes. */
    void upload(String path, Path file) throws FileNotFoundException, InterruptedException {
        send(request(path, BYTES).PUT(HttpRequest.BodyPublishers.ofFile(file)).build());
    }

    /** PUT of bytes. */
    void upload(String path, byte[] bytes) throws InterruptedException {
        send(request(path, BYTES)
                .PUT(HttpRequest.BodyPublishers.ofByteArray(bytes))
                .build());
    }

    /** One segment of a path. */
    public static String segment(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder request(String path, String type) {
        return HttpRequest.newBuilder(URI.create(base + path))
                .timeout(LIMIT)
                .header("X-Auth-Token", token)
                .header("Accept", JSON)
                .header("Content-Type", type);
    }

    private static HttpRequest.BodyPublisher json(Object entity) {
        return HttpRequest.BodyPublishers.ofByteArray(Json.MAPPER.writeValueAsBytes(entity));
    }

    private static JsonNode tree(HttpResponse<byte[]> response) {
        return response.body().length == 0 ? Json.MAPPER.nullNode() : Json.MAPPER.readTree(response.body());
    }

    private HttpResponse<byte[]> send(HttpRequest request) throws InterruptedException {
        HttpResponse<byte[]> response;
        try {
            response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (SSLHandshakeException | SSLPeerUnverifiedException cause) {
            throw new ProblemException(
                    new Problem(
                            Problem.Kind.UNAVAILABLE,
                            "NoTls",
                            "No TLS connection to the cloud at " + base + " can be made: " + CloudFault.reason(cause),
                            Optional.of(
                                    "OS_CACERT must name the PEM file of the authority that vouches for its certificate, and"
                                            + " OS_AUTH_URL a host that the certificate is for; without TLS it begins with"
                                            + " http://.")),
                    cause);
        } catch (IOException cause) {
            throw unreachable(CloudFault.reason(cause), Optional.of(cause));
        }
        if (response.statusCode() / 100 != 2) {
            throw CloudFault.read(
                            request.method() + " " + request.uri(),
                            response.statusCode(),
                            new String(response.body(), UTF_8))
                    .asException();
        }
        return response;
    }

    private ProblemException unreachable(String reason, Optional<IOException> cause) {
        Problem problem = new Problem(
                Problem.Kind.UNAVAILABLE,
                UNREACHABLE,
                "The cloud at " + base + " does not answer: " + reason,
                Optional.of("Is it running? 'sluice up' starts one."));
        return cause.map(failure -> new ProblemException(problem, failure))
                .orElseGet(() -> new ProblemException(problem));
    }
}
