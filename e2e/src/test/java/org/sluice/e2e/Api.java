package org.sluice.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The cloud's APIs for a program: JSON over HTTP with an admin's token. Thread-safe. */
final class Api {
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String base;
    private final String token;

    private Api(String base, Map<String, String> openrc) {
        this.base = base;
        Map<String, Object> domain = Map.of("id", "default");
        HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(base + "/identity/v3/auth/tokens"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(Map.of(
                        "auth",
                        Map.of(
                                "identity",
                                Map.of(
                                        "methods",
                                        List.of("password"),
                                        "password",
                                        Map.of(
                                                "user",
                                                Map.of(
                                                        "name",
                                                        openrc.get("OS_USERNAME"),
                                                        "domain",
                                                        domain,
                                                        "password",
                                                        openrc.get("OS_PASSWORD")))),
                                "scope",
                                Map.of("project", Map.of("name", openrc.get("OS_PROJECT_NAME"), "domain", domain)))))))
                .build());
        this.token = answer.headers().firstValue("X-Subject-Token").orElseThrow();
    }

    /** The APIs of a cloud. */
    static Api of(RunningCloud cloud) {
        return at(cloud.url(), cloud.environment());
    }

    /** The APIs at that address, with those credentials. */
    static Api at(String base, Map<String, String> openrc) {
        return new Api(base, openrc);
    }

    JsonNode get(String path) {
        return JSON.readTree(expect(2, send(request(path).GET().build())));
    }

    int status(String path) {
        return send(request(path).GET().build()).statusCode();
    }

    JsonNode post(String path, Object body) {
        return JSON.readTree(expect(2, exchange("POST", path, JSON.writeValueAsString(body))));
    }

    /** The answer as it came. */
    String text(String path) {
        return expect(2, send(request(path).GET().build()));
    }

    /** Reads the answer without keeping it. */
    void drain(String path) throws IOException, InterruptedException {
        HttpResponse<Void> answer = client.send(request(path).GET().build(), BodyHandlers.discarding());
        if (answer.statusCode() != 200) {
            throw new AssertionError(path + " was answered " + answer.statusCode());
        }
    }

    /** Has its own token validated, as services do for each request. */
    void validateToken() {
        String _ = expect(
                2,
                send(request("/identity/v3/auth/tokens")
                        .header("X-Subject-Token", token)
                        .GET()
                        .build()));
    }

    /** Has a token issued for its own. */
    void issueToken() {
        JsonNode _ = post(
                "/identity/v3/auth/tokens",
                Map.of("auth", Map.of("identity", Map.of("methods", List.of("token"), "token", Map.of("id", token)))));
    }

    void delete(String path) {
        expect(2, send(request(path).DELETE().build()));
    }

    /** Sends that text as it is, valid or not. */
    HttpResponse<String> exchange(String method, String path, String body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body))
                .build());
    }

    /** Uploads bytes. */
    HttpResponse<String> upload(String path, byte[] bytes) {
        return send(request(path)
                .header("Content-Type", "application/octet-stream")
                .PUT(BodyPublishers.ofByteArray(bytes))
                .build());
    }

    /** Asks with another token. */
    HttpResponse<String> getAs(String otherToken, String path) {
        return send(HttpRequest.newBuilder(URI.create(base + path))
                .header("X-Auth-Token", otherToken)
                .GET()
                .build());
    }

    String createNetwork(String name, String physicalNetwork, String cidr) {
        String id = post(
                        "/network/v2.0/networks",
                        Map.of(
                                "network",
                                Map.of(
                                        "name",
                                        name,
                                        "provider:network_type",
                                        "vlan",
                                        "provider:physical_network",
                                        physicalNetwork)))
                .at("/network/id")
                .asString();
        post("/network/v2.0/subnets", Map.of("subnet", Map.of("network_id", id, "cidr", cidr, "ip_version", 4)));
        return id;
    }

    String createPort(String network, String vnicType, String name) {
        return post(
                        "/network/v2.0/ports",
                        Map.of("port", Map.of("network_id", network, "binding:vnic_type", vnicType, "name", name)))
                .at("/port/id")
                .asString();
    }

    void createPorts(String network, int count) {
        JsonNode _ = post(
                "/network/v2.0/ports",
                Map.of("ports", Collections.nCopies(count, Map.of("network_id", network, "name", "bench-bulk"))));
    }

    void createServers(String name, String image, String flavor, String network, int count) {
        JsonNode _ = post(
                "/compute/v2.1/servers",
                Map.of(
                        "server",
                        Map.of(
                                "name",
                                name,
                                "imageRef",
                                image,
                                "flavorRef",
                                flavor,
                                "min_count",
                                count,
                                "max_count",
                                count,
                                "networks",
                                List.of(Map.of("uuid", network)))));
    }

    String createFlavor(String name, int vcpus, int memoryMib, int diskGib) {
        return post(
                        "/compute/v2.1/flavors",
                        Map.of("flavor", Map.of("name", name, "vcpus", vcpus, "ram", memoryMib, "disk", diskGib)))
                .at("/flavor/id")
                .asString();
    }

    String createServer(String name, String image, String flavor, String port) {
        return post(
                        "/compute/v2.1/servers",
                        Map.of(
                                "server",
                                Map.of(
                                        "name",
                                        name,
                                        "imageRef",
                                        image,
                                        "flavorRef",
                                        flavor,
                                        "networks",
                                        List.of(Map.of("port", port)))))
                .at("/server/id")
                .asString();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path))
                .header("X-Auth-Token", token)
                .header("OpenStack-API-Version", "compute 2.90");
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return client.send(request, BodyHandlers.ofString());
        } catch (IOException failure) {
            throw new UncheckedIOException(request + " got no answer", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(request + " was interrupted", interrupted);
        }
    }

    private static String expect(int hundreds, HttpResponse<String> answer) {
        if (answer.statusCode() / 100 != hundreds) {
            throw new AssertionError(answer.request() + " was answered " + answer.statusCode() + ": " + answer.body());
        }
        return answer.body();
    }
}
