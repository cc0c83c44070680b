package org.sluice.controller.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import org.sluice.model.Problem;

/** The edge that every family shares, with a family made for the test. */
class ApiServerTest {
    private static final Rule ANYONE = Rule.of("test:anyone", Who.ANYONE, "Ask.");

    /** Echoes, fails, and words failures in its own way. */
    private static final class TestFamily implements ApiFamily {
        @Override
        public String mount() {
            return "/test";
        }

        @Override
        public void routes(Routes routes) {
            routes.get(
                    "/who",
                    ANYONE,
                    exchange -> Reply.ok(Map.of("user", exchange.caller().userName())));
            routes.post(
                    "/object",
                    ANYONE,
                    exchange -> Reply.ok(exchange.body("thing").tree()));
            routes.open("GET", "/defect", _ -> {
                throw new IllegalStateException("a defect");
            });
        }

        @Override
        public Faults faults() {
            return problem -> Reply.json(problem.kind().status(), Map.of("testFault", problem.sentence()));
        }
    }

    private final HttpClient client = HttpClient.newHttpClient();
    private ApiServer server;

    @BeforeEach
    void start() {
        Authenticator authenticator = token -> {
            if (!token.equals("good")) {
                throw Problem.of(Problem.Kind.UNAUTHENTICATED, "Unauthorized", "No.")
                        .asException();
            }
            return new Caller("u", "ursula", "p", "project", Set.of("member"));
        };
        server = TestListener.start(Optional.empty(), authenticator, List.of(new TestFamily()));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> send(String method, String path, String token, String body) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
        return client.send(
                HttpRequest.newBuilder(uri)
                        .header("X-Auth-Token", token)
                        .method(method, BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    @Test
    void aProtectedRouteKnowsItsCallerAndRefusesEveryoneElse() throws Exception {
        assertThat(send("GET", "/test/who", "good", "").body()).isEqualTo("{\"user\":\"ursula\"}");
        HttpResponse<String> refused = send("GET", "/test/who", "bad", "");
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body()).isEqualTo("{\"testFault\":\"No.\"}");
    }

    @Test
    void aDefectIsWordedAsTheFamilyWordsFailuresAndNamesTheRequest() throws Exception {
        HttpResponse<String> broken = send("GET", "/test/defect", "good", "");

        assertThat(broken.statusCode()).isEqualTo(500);
        String request = broken.headers().firstValue("x-openstack-request-id").orElseThrow();
        assertThat(broken.body())
                .startsWith("{\"testFault\":")
                .contains(request)
                .doesNotContain("a defect");
    }

    @Test
    void whatIsNotThereIsNotFound() throws Exception {
        HttpResponse<String> missing = send("GET", "/test/nothing/here", "good", "");

        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(missing.body()).startsWith("{\"testFault\":");
    }

    @Test
    void aBodyMustBeTheObjectThatTheRouteWants() throws Exception {
        assertThat(send("POST", "/test/object", "good", "{\"thing\": {\"a\": 1}}")
                        .statusCode())
                .isEqualTo(200);
        for (String wrong : List.of("", "{", "[]", "{\"thing\": 1}", "{\"other\": {}}")) {
            HttpResponse<String> refused = send("POST", "/test/object", "good", wrong);
            assertThat(refused.statusCode()).as(wrong).isEqualTo(400);
            assertThat(refused.body()).as(wrong).startsWith("{\"testFault\":");
        }
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedBeforeItIsRead() throws Exception {
        String large = "{\"thing\": {\"a\": \"" + "x".repeat((4 << 20)) + "\"}}";

        assertThat(send("POST", "/test/object", "good", large).statusCode()).isEqualTo(413);
    }
}
