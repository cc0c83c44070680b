package org.sluice.controller.network;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.sluice.controller.http.ApiServer;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.TestListener;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.policy.Access;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.policy.Policy;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.Problem;
import tools.jackson.databind.JsonNode;

/** The Network API on a database of its own, with a token for each kind of caller. */
final class NetworkApi implements BeforeAllCallback, AfterAllCallback {
    static final Caller ADMIN = new Caller("a".repeat(32), "admin", "1".repeat(32), "admin", Set.of("admin", "member"));
    static final Caller MEMBER = new Caller("b".repeat(32), "demo", "2".repeat(32), "demo", Set.of("member"));
    static final Caller READER = new Caller("c".repeat(32), "eye", "2".repeat(32), "demo", Set.of("reader"));
    static final Caller STRANGER = new Caller("d".repeat(32), "else", "3".repeat(32), "other", Set.of("member"));

    static final Caller UNSCOPED = new Caller("e".repeat(32), "new", "", "", Set.of());

    private static final Map<String, Caller> TOKENS =
            Map.of("admin", ADMIN, "member", MEMBER, "reader", READER, "stranger", STRANGER, "unscoped", UNSCOPED);

    /** A status and a body. */
    record Answer(int status, JsonNode body, HttpResponse<String> response) {
        /** The body's member, after the status was found to be right. */
        JsonNode expect(int wanted, String member) {
            assertThat(status).as("%s", body).isEqualTo(wanted);
            return body.path(member);
        }

        void expectFault(int wanted, String type, String message) {
            assertThat(body.path("NeutronError").path("message").asString("")).isEqualTo(message);
            assertThat(body.path("NeutronError").path("type").asString("")).isEqualTo(type);
            assertThat(body.path("NeutronError").path("detail").asString("absent"))
                    .isEmpty();
            assertThat(status).isEqualTo(wanted);
        }
    }

    private final TestDatabase database = new TestDatabase();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private @Nullable ApiServer server;

    @Override
    public void beforeAll(ExtensionContext context) {
        database.beforeAll(context);
        server = TestListener.start(
                Optional.empty(),
                token -> Optional.ofNullable(TOKENS.get(token))
                        .orElseThrow(() -> Problem.of(
                                        Problem.Kind.UNAUTHENTICATED,
                                        "Unauthorized",
                                        "The request you have made requires authentication.")
                                .asException()),
                List.of(new NetworkFamily(jdbi(), new SecureRandom(), InstantSource.system())));
        jdbi().useHandle(handle -> handle.execute("""
                insert into physical_network values ('physnet0', 1500), ('sriovnet0', 9000), ('tiny', 1500), ('bare', 1500);
                insert into vlan_range values ('physnet0', 2000, 2010), ('sriovnet0', 2400, 2410), ('tiny', 5, 6)"""));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (server != null) {
            server.close();
        }
        client.close();
        database.afterAll(context);
    }

    /** Returns when somebody waits for a lock. */
    void awaitLock() {
        database.awaitSomebodyWhoWaitsForALock();
    }

    Jdbi jdbi() {
        return database.database().jdbi();
    }

    /** Forgets all networks and what is on them, and all groups. */
    void clear() {
        jdbi().useHandle(handle -> handle.execute("""
                delete from port; delete from subnet; delete from network; delete from security_group"""));
    }

    /** What that caller may, as the rules are unless an operator says otherwise. */
    static Access access(Caller caller) {
        return access(caller, Map.of());
    }

    /** The same, with an operator's checks in the place of some. */
    static Access access(Caller caller, Map<String, String> overrides) {
        return Policy.of(ServerPorts.rules()).overriddenBy(overrides).access(caller);
    }

    Answer get(String path) {
        return send("admin", "GET", path, null);
    }

    Answer post(String path, String body) {
        return send("admin", "POST", path, body);
    }

    Answer put(String path, String body) {
        return send("admin", "PUT", path, body);
    }

    Answer delete(String path) {
        return send("admin", "DELETE", path, null);
    }

    /** Sends a request; single quotes in the body stand for double ones. */
    Answer send(String token, String method, String path, @Nullable String body) {
        return send(token, method, path, body, List.of());
    }

    /** The same with an {@code If-Match} header for each of these values. */
    Answer send(String token, String method, String path, @Nullable String body, List<String> ifMatch) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(base() + "/network" + path));
        ifMatch.forEach(value -> builder.header("If-Match", value));
        HttpRequest request = builder.method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
                .header("X-Auth-Token", token)
                .header("Content-Type", "application/json")
                .build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            JsonNode answer =
                    response.body().isEmpty() ? Json.MAPPER.nullNode() : Json.MAPPER.readTree(response.body());
            return new Answer(response.statusCode(), answer, response);
        } catch (IOException failure) {
            throw new AssertionError("the request failed", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("the request was interrupted", interrupted);
        }
    }

    String base() {
        return "http://127.0.0.1:"
                + requireNonNull(server, "the server is there from @BeforeAll on")
                        .address()
                        .getPort();
    }

    /** A VLAN network of the admin's on physnet0, with attributes such as {@code 'shared': true}; its id. */
    String network(String name, String... attributes) {
        StringBuilder body = new StringBuilder("{'network': {'name': '" + name + "'");
        for (String attribute : attributes) {
            body.append(", ").append(attribute);
        }
        return post("/v2.0/networks", body.append("}}").toString())
                .expect(201, "network")
                .path("id")
                .asString();
    }

    /** A subnet; its id. */
    String subnet(String network, String cidr, String... attributes) {
        StringBuilder body = new StringBuilder("{'subnet': {'network_id': '" + network + "', 'ip_version': "
                + (cidr.contains(":") ? 6 : 4) + ", 'cidr': '" + cidr + "'");
        for (String attribute : attributes) {
            body.append(", ").append(attribute);
        }
        return post("/v2.0/subnets", body.append("}}").toString())
                .expect(201, "subnet")
                .path("id")
                .asString();
    }

    /** A port of the admin's. */
    JsonNode port(String network, String... attributes) {
        StringBuilder body = new StringBuilder("{'port': {'network_id': '" + network + "'");
        for (String attribute : attributes) {
            body.append(", ").append(attribute);
        }
        return post("/v2.0/ports", body.append("}}").toString()).expect(201, "port");
    }
}
