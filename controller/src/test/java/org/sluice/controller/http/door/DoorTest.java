package org.sluice.controller.http.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.ApiServer;
import org.sluice.controller.http.Authenticator;
import org.sluice.controller.http.BodyLimit;
import org.sluice.controller.http.Faults;
import org.sluice.controller.http.Proxies;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.RequestObserver;
import org.sluice.controller.http.RouteTable;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.SluiceFaults;
import org.sluice.controller.http.door.RawClient.Answer;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import org.sluice.model.Problem;

/** What a listener does with the bytes of a connection, over connections that send just those bytes. */
class DoorTest {
    private static final Rule ANYONE = Rule.of("test:anyone", Who.ANYONE, "Ask.");

    private static final DoorLimits LIMITS = new DoorLimits(
            100,
            50,
            Duration.ofSeconds(15),
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            4096,
            Duration.ofSeconds(30),
            new DoorLimits.Heap(20 << 10, 1 << 10, 20 << 10, 100, 100, Duration.ofMillis(100)),
            100,
            Duration.ofSeconds(5));

    private static final String TOKEN = "X-Auth-Token: good\r\n";
    private static final String SMUGGLED = "DELETE /test/things/smuggled HTTP/1.1\r\nHost: h\r\n" + TOKEN + "\r\n";

    /** Replies that a client might take for those to its next requests. */
    private static final byte[] PIECE = Arrays.copyOf(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".repeat(2_000).getBytes(StandardCharsets.US_ASCII), 64 << 10);

    private final Semaphore entered = new Semaphore(0);
    private final Semaphore leave = new Semaphore(0);
    private final List<String> deleted = new CopyOnWriteArrayList<>();
    private final List<ApiServer> servers = new ArrayList<>();
    private final List<RawClient> clients = new ArrayList<>();

    /** Reads bodies, leaves them, and knows what was deleted. */
    private final class Things implements ApiFamily {
        @Override
        public String mount() {
            return "/test";
        }

        @Override
        public void routes(Routes routes) {
            routes.get("/things", ANYONE, exchange -> Reply.ok(Map.of("query", exchange.queryString())))
                    .asks("a", "id", "name");
            routes.post("/echo", ANYONE, exchange -> Reply.ok(Map.of("bytes", exchange.bodyBytes().length)))
                    .atMost(BodyLimit.kibibytes(4_096));
            routes.post("/left", ANYONE, _ -> Reply.ok(Map.of("left", true)));
            routes.delete("/things/{id}", ANYONE, exchange -> {
                deleted.add(exchange.path("id"));
                return Reply.empty(204);
            });
            routes.open("POST", "/tokens", exchange -> {
                if (!new String(exchange.bodyBytes(), StandardCharsets.UTF_8).contains("secret")) {
                    throw unauthenticated().asException();
                }
                return Reply.empty(204);
            });
            routes.get("/large", ANYONE, _ -> Reply.ok("x".repeat(64 << 20)));
            routes.get(
                    "/bytes",
                    ANYONE,
                    _ -> Reply.stream("application/octet-stream", 64 << 20, out -> {
                        for (int piece = 0; piece < 1_024; piece++) {
                            out.write(PIECE, 0, PIECE.length);
                        }
                    }));
            routes.get("/unknown", ANYONE, _ -> Reply.stream("text/plain", -1, out -> out.write('x')));
            routes.get("/text", ANYONE, _ -> new Reply(200, Map.of(), new Reply.Body.Text("text/plain", "text")));
            routes.get("/written", ANYONE, _ -> Reply.written(200, json -> json.writeString("written")));
            routes.get("/empty", ANYONE, _ -> Reply.empty(204));
            routes.get("/long", ANYONE, _ -> {
                entered.release();
                leave.acquireUninterruptibly();
                return Reply.empty(204);
            });
        }

        @Override
        public Faults faults() {
            return new SluiceFaults();
        }
    }

    private static Problem unauthenticated() {
        return Problem.of(Problem.Kind.UNAUTHENTICATED, "Unauthorized", "No.");
    }

    private InetSocketAddress listener(DoorLimits limits, RateLimits rates) {
        Authenticator authenticator = token -> {
            return switch (token) {
                case "good" -> new Caller("u", "ursula", "p", "project", Set.of("member"));
                case "other" -> new Caller("v", "victor", "p", "project", Set.of("member"));
                default -> throw unauthenticated().asException();
            };
        };
        ApiServer server = ApiServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Optional.empty(),
                authenticator,
                RouteTable.of(List.of(new Things())),
                RouteTable.of(List.of(new Things())).policy(),
                limits,
                rates,
                Proxies.NONE,
                RequestObserver.NONE);
        servers.add(server);
        return server.address();
    }

    private RawClient client(InetSocketAddress listener) throws IOException {
        RawClient client = RawClient.to(listener);
        clients.add(client);
        return client;
    }

    private RawClient client() throws IOException {
        return client(listener(LIMITS, RateLimits.DEFAULT));
    }

    @AfterEach
    void stop() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
        servers.forEach(ApiServer::close);
    }

    private static String post(String path, String headers, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n" + body;
    }

    // ---- framing

    @ParameterizedTest
    @ValueSource(strings = {"/test/left", "/test/nowhere", "/test/echo"})
    void aBodyThatIsExpectedButNotReadIsNeverTheNextRequest(String path) throws Exception {
        RawClient client = client();
        String token = path.equals("/test/echo") ? "" : TOKEN;

        client.send(
                post(path, token + "Expect: 100-continue\r\nContent-Length: " + SMUGGLED.length() + "\r\n", SMUGGLED));

        Answer answer = client.answer();
        assertThat(answer.status())
                .isEqualTo(
                        switch (path) {
                            case "/test/left" -> 200;
                            case "/test/echo" -> 401;
                            default -> 404;
                        });
        assertThat(answer.closes()).isTrue();
        assertThat(client.rest()).isEmpty();
        assertThat(deleted).isEmpty();
    }

    @Test
    void aBodyThatIsExpectedAndReadIsAskedFor() throws Exception {
        RawClient client = client();

        client.send(post("/test/echo", TOKEN + "Expect: 100-continue\r\nContent-Length: 5\r\n", ""));
        assertThat(client.answer().status()).isEqualTo(100);
        client.send("12345");

        assertThat(client.answer().body()).isEqualTo("{\"bytes\":5}");
        client.send(SMUGGLED);
        assertThat(client.answer().status()).isEqualTo(204);
        assertThat(deleted).containsExactly("smuggled");
    }

    @Test
    void aSmallBodyThatIsNotReadIsReadAwayAndTheConnectionServesOn() throws Exception {
        RawClient client = client();

        client.send(post("/test/left", TOKEN + "Content-Length: " + SMUGGLED.length() + "\r\n", SMUGGLED));
        assertThat(client.answer().closes()).isFalse();
        client.send(post("/test/echo", TOKEN + "Content-Length: 2\r\n", "{}"));

        assertThat(client.answer().body()).isEqualTo("{\"bytes\":2}");
        assertThat(deleted).isEmpty();
    }

    @Test
    void aLargeBodyThatIsNotReadEndsTheConnectionAndTheReplyArrives() throws Exception {
        RawClient client = client();

        client.send(post(
                "/test/left",
                TOKEN + "Content-Length: 3000000\r\n",
                SMUGGLED + "x".repeat(3_000_000 - SMUGGLED.length())));

        Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.closes()).isTrue();
        assertThat(client.rest()).isEmpty();
        assertThat(deleted).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "DELETE"})
    void chunksThatAreNotReadEndTheConnection(String method) throws Exception {
        RawClient client = client();

        client.send(method + " /test/things/1 HTTP/1.1\r\nHost: h\r\n" + TOKEN + "Transfer-Encoding: chunked\r\n\r\n"
                + Integer.toHexString(SMUGGLED.length()) + "\r\n" + SMUGGLED + "\r\n0\r\n\r\n");

        assertThat(client.rest()).containsOnlyOnce("HTTP/1.1 ").contains("Connection: close");
        assertThat(deleted).doesNotContain("smuggled");
    }

    @Test
    void theBodyOfAGetIsNoRequest() throws Exception {
        RawClient client = client();

        client.send("GET /test/things HTTP/1.1\r\nHost: h\r\n" + TOKEN + "Content-Length: " + SMUGGLED.length()
                + "\r\n\r\n" + SMUGGLED);
        assertThat(client.answer().status()).isEqualTo(200);
        client.send("GET /test/things?a=b HTTP/1.1\r\nHost: h\r\n" + TOKEN + "\r\n");

        assertThat(client.answer().body()).isEqualTo("{\"query\":\"a=b\"}");
        assertThat(deleted).isEmpty();
    }

    @Test
    void requestsMayBeSentBeforeTheRepliesAreRead() throws Exception {
        RawClient client = client();

        client.send(post("/test/echo", TOKEN + "Content-Length: 3\r\n", "abc")
                + post("/test/echo", TOKEN + "Transfer-Encoding: chunked\r\n", "4\r\nabcd\r\n0\r\n\r\n")
                + SMUGGLED);

        assertThat(client.answer().body()).isEqualTo("{\"bytes\":3}");
        assertThat(client.answer().body()).isEqualTo("{\"bytes\":4}");
        assertThat(client.answer().status()).isEqualTo(204);
    }

    @Test
    void chunksOfAnySizeWithExtensionsAndTrailersAreOneBody() throws Exception {
        RawClient client = client();
        String large = "x".repeat(100_000);

        client.send(post(
                "/test/echo",
                TOKEN + "Transfer-Encoding: chunked\r\n",
                "3;name=\"value\"\r\nabc\r\n" + Integer.toHexString(large.length()) + "\r\n" + large
                        + "\r\n000\r\nChecksum: 1\r\nOther: 2\r\n\r\n"));

        assertThat(client.answer().body()).isEqualTo("{\"bytes\":100003}");
        client.send(SMUGGLED);
        assertThat(client.answer().status()).isEqualTo(204);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zz\r\nabc\r\n0\r\n\r\n",
                "-3\r\nabc\r\n0\r\n\r\n",
                "fffffffffffffffff\r\nabc\r\n",
                "3\r\nabcd\r\n0\r\n\r\n",
                "3\nabc\r\n0\r\n\r\n",
                "\r\n",
                "3\r\nabc\r\n0\r\nno trailer\r\n\r\n",
                "3\r\nabc\r\n0\r\nbad\u0001: trailer\r\n\r\n"
            })
    void malformedChunksAreRefused(String chunks) throws Exception {
        RawClient client = client();

        client.send(post("/test/echo", TOKEN + "Transfer-Encoding: chunked\r\n", chunks));

        Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("UnreadableRequestBody").contains("request's");
        assertThat(answer.closes()).isTrue();
        assertThat(client.rest()).isEmpty();
    }

    @Test
    void aBodyThatEndsEarlyIsRefused() throws Exception {
        RawClient client = client();

        client.send(post("/test/echo", TOKEN + "Content-Length: 10\r\n", "abc"));
        client.endOutput();

        Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("ended early");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "\\0\\1 /test/things HTTP/1.1~Host: h~~ | 400 | method",
                "GE\\1T /test/things HTTP/1.1~Host: h~~ | 400 | method",
                "G(T /test/things HTTP/1.1~Host: h~~ | 400 | method",
                "GET /test/things~Host: h~~ | 400 | version",
                "GET  /test/things HTTP/1.1~Host: h~~ | 400 | one space",
                "GET test HTTP/1.1~Host: h~~ | 400 | begins with '/'",
                "GET /test/things HTTP/1.1~~ | 400 | Host",
                "GET /test/things HTTP/1.1~Host: h~Host: i~~ | 400 | Host",
                "GET /test/things HTTP/1.1~Host : h~~ | 400 | header",
                "GET /test/things HTTP/1.1~Host: h~ folded~~ | 400 | header",
                "GET /test/things HTTP/1.1~Host: h~X-A: a\\1b~~ | 400 | The header X-A has a control character",
                "GET /test/things HTTP/1.1~Host: h~X-A: a\\0b~~ | 400 | The header X-A has a control character",
                "GET /test/things HTTP/1.1~Host: h~X(A): b~~ | 400 | header",
                "GET /test/things HTTP/1.1~Host: h\\n~~ | 400 | CR LF",
                "GET /test/things HTTP/1.1~Host: h\\rX: y~~ | 400 | CR without LF",
                "GET /test/things HTTP/1.1~Host: h~Content-Length: 1~Content-Length: 1~~a | 400 | Content-Length",
                "GET /test/things HTTP/1.1~Host: h~Content-Length: -1~~ | 400 | Content-Length",
                "GET /test/things HTTP/1.1~Host: h~Content-Length: +1~~a | 400 | Content-Length",
                "GET /test/things HTTP/1.1~Host: h~Content-Length: 9999999999999999999~~ | 400 | Content-Length",
                "GET /test/things HTTP/1.1~Host: h~Content-Length: 5~Transfer-Encoding: chunked~~0~~ | 400 | not both",
                "GET /test/things HTTP/1.1~Host: h~Transfer-Encoding: gzip~~ | 501 | Transfer-Encoding",
                "GET /test/things HTTP/1.1~Host: h~Transfer-Encoding: gzip, chunked~~ | 501 | Transfer-Encoding",
                "GET /test/things HTTP/1.1~Host: h~Transfer-Encoding: chunked~Transfer-Encoding: chunked~~ | 400 | more than one",
                "GET /test/things HTTP/1.1~Host: h~Expect: 200-ok~~ | 417 | Expect",
                "POST /test/echo HTTP/1.1~Host: h~Content-Encoding: gzip~Content-Length: 1~~a | 415 | Content-Encoding",
                "GET /test/things HTTP/1.0~~ | 505 | HTTP/1.0",
                "GET /test/things HTTP/2.0~Host: h~~ | 505 | HTTP/2.0",
                "GET /test/things HTTX/1.1~Host: h~~ | 400 | HTTP/1.1",
                "GET /test/%00 HTTP/1.1~Host: h~~ | 400 | The request's path contains the character NUL",
                "GET /test/a%00b?c=d HTTP/1.1~Host: h~~ | 400 | The request's path contains the character NUL",
                "GET /test/things?a=b&name=x%00 HTTP/1.1~Host: h~~ | 400 | The query parameter 'name' contains the character NUL",
                "GET /test/things?a%3Ab=%00 HTTP/1.1~Host: h~~ | 400 | The query parameter 'a:b' contains the character NUL",
                "GET /test/things?a%00=b HTTP/1.1~Host: h~~ | 400 | The name of a query parameter contains the character NUL",
                "GET /test/%zz HTTP/1.1~Host: h~~ | 400 | two hexadecimal digits",
                "GET /test/\\xe4 HTTP/1.1~Host: h~~ | 400 | ASCII",
                "GET /test/things?a=<b> HTTP/1.1~Host: h~~ | 400 | must be percent-encoded",
                "CONNECT h:80 HTTP/1.1~Host: h~~ | 400 | begins with '/'",
                "\\x16\\x03\\x01 | 400 | method"
            })
    void whatIsNoSoundRequestIsRefusedInJsonAndItsConnectionEnds(String request, int status, String words)
            throws Exception {
        RawClient client = client();

        client.send(request.strip()
                .replace("~", "\r\n")
                .replace("\\0", "\0")
                .replace("\\1", "\u0001")
                .replace("\\n", "\n")
                .replace("\\r", "\r")
                .replace("\\xe4", "\u00e4")
                .replace("\\x16\\x03\\x01", "\u0016\u0003\u0001"));

        Answer answer = client.answer();
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(answer.body()).startsWith("{\"error\":{\"code\":" + status).contains(words.strip());
        assertThat(answer.closes()).isTrue();
        assertThat(client.rest()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/identity/v3/users/%00",
                "/identity/v3/projects/%00%0A2026-11-28T00:00:00.000Z%20ERROR%20FORGED",
                "/network/v2.0/networks?name=%00",
                "/compute/v2.1/flavors/a%00b",
                "/compute/v2.1/servers?hostname=%00",
                "/image/v2/images/%00",
                "/sluice/v1/hosts/%00"
            })
    void nulIsRefusedForEveryFamilyBeforeItIsAsked(String target) throws Exception {
        RawClient client = client();

        client.send("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n");

        assertThat(client.answer().status()).isEqualTo(400);
    }

    @Test
    void aTargetOf8192BytesWorksAndALongerOneIsTooLong() throws Exception {
        InetSocketAddress listener = listener(LIMITS, RateLimits.DEFAULT);
        String path = "/test/things?id=";
        RawClient fits = client(listener);
        fits.send("GET " + path + "x".repeat(8192 - path.length()) + " HTTP/1.1\r\nHost: h\r\n" + TOKEN + "\r\n");
        assertThat(fits.answer().status()).isEqualTo(200);

        for (int length : List.of(8193, 100_000)) {
            RawClient large = client(listener);
            large.send(
                    "GET " + path + "x".repeat(length - path.length()) + " HTTP/1.1\r\nHost: h\r\n" + TOKEN + "\r\n");
            Answer answer = large.answer();
            assertThat(answer.status()).isEqualTo(414);
            assertThat(answer.body()).startsWith("{\"error\":{\"code\":414").contains("8192");
        }
    }

    @Test
    void headersOf16KibibytesWorkAndMoreAreTooLarge() throws Exception {
        InetSocketAddress listener = listener(LIMITS, RateLimits.DEFAULT);
        RawClient fits = client(listener);
        fits.send("GET /test/things HTTP/1.1\r\nHost: h\r\n" + TOKEN + "X-A: " + "x".repeat(16_000) + "\r\n\r\n");
        assertThat(fits.answer().status()).isEqualTo(200);

        for (String headers : List.of("X-A: " + "x".repeat(17_000) + "\r\n", "X-A: b\r\n".repeat(101))) {
            RawClient large = client(listener);
            large.send("GET /test/things HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n");
            assertThat(large.answer().status()).isEqualTo(431);
        }
    }

    @Test
    void theAbsoluteFormAndAnEmptyLineBeforeARequestAreTaken() throws Exception {
        RawClient client = client();

        client.send("\r\nGET http://h/test/things?a=b HTTP/1.1\r\nHost: h\r\n" + TOKEN + "Connection: close\r\n\r\n");

        assertThat(client.answer().body()).isEqualTo("{\"query\":\"a=b\"}");
        assertThat(client.rest()).isEmpty();
    }

    // ---- replies

    @ParameterizedTest
    @ValueSource(strings = {"things", "large", "bytes", "unknown", "text", "written", "empty", "nowhere"})
    void theReplyToHeadHasNoEntityWhateverItIsMadeOf(String path) throws Exception {
        RawClient client = client();

        client.send("HEAD /test/" + path + " HTTP/1.1\r\nHost: h\r\n" + TOKEN + "\r\n");
        Answer head = client.answerWithoutBody();
        client.send("GET /test/things?a=next HTTP/1.1\r\nHost: h\r\n" + TOKEN + "\r\n");

        assertThat(client.answer().body()).isEqualTo("{\"query\":\"a=next\"}");
        assertThat(head.status())
                .isEqualTo(
                        switch (path) {
                            case "empty" -> 204;
                            case "nowhere" -> 404;
                            default -> 200;
                        });
        // RFC 9110, section 8.6: the length that the reply to GET has.
        client.send("GET /test/" + path + " HTTP/1.1\r\nHost: h\r\n" + TOKEN + "\r\n");
        Answer got = client.answer();
        assertThat(head.headers().getOrDefault("Content-Length", "0"))
                .isEqualTo("" + got.body().length());
        assertThat(head.headers().get("Content-Type")).isEqualTo(got.headers().get("Content-Type"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"large", "bytes"})
    void repliesThatNobodyReadsTakeTheirUsersShareAndNoMore(String path) throws Exception {
        // Room for eight pieces of 256 KiB, four of them for one user.
        InetSocketAddress listener = listener(limits(2 << 10, 50, 100, 100), RateLimits.DEFAULT);
        int most = path.equals("large") ? 4 : 16;
        for (int reader = 0; reader < most; reader++) {
            RawClient client = client(listener);
            client.send("GET /test/" + path + " HTTP/1.1\r\nHost: h\r\n" + TOKEN + "\r\n");
            // It has begun, and holds what it holds.
            assertThat(client.answerWithoutBody().status()).isEqualTo(200);
        }

        await().untilAsserted(() -> {
            Answer refused = get(listener, "/test/" + path, TOKEN);
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.body()).contains("large replies").contains("fewer at a time");
        });
        assertThat(get(listener, "/test/things", TOKEN).status()).isEqualTo(200);
        RawClient other = client(listener);
        other.send("HEAD /test/" + path + " HTTP/1.1\r\nHost: h\r\nX-Auth-Token: other\r\n\r\n");
        assertThat(other.answerWithoutBody().status()).isEqualTo(200);
        other.send("GET /test/" + path + " HTTP/1.1\r\nHost: h\r\nX-Auth-Token: other\r\n\r\n");
        assertThat(other.answer().body()).hasSizeGreaterThanOrEqualTo(64 << 20);

        for (RawClient client : clients) {
            client.close();
        }
        await().untilAsserted(() ->
                assertThat(get(listener, "/test/" + path, TOKEN).status()).isEqualTo(200));
    }

    @Test
    void oneUserHasSoManyRequestsInWorkAndTheOthersWaitInLine() throws Exception {
        InetSocketAddress listener = listener(limits(20 << 10, 100, 100, 2), RateLimits.DEFAULT);
        List<RawClient> inWork = List.of(client(listener), client(listener));
        for (RawClient client : inWork) {
            client.send("GET /test/long HTTP/1.1\r\nHost: h\r\n" + TOKEN + "\r\n");
        }
        entered.acquire(2);

        Answer refused = get(listener, "/test/things", TOKEN);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.body()).contains("This user has 2 requests in work");
        assertThat(refused.header("Retry-After")).isEqualTo("1");
        assertThat(get(listener, "/test/things", "X-Auth-Token: other\r\n").status())
                .isEqualTo(200);
        leave.release(2);
        for (RawClient client : inWork) {
            assertThat(client.answer().status()).isEqualTo(204);
        }
        assertThat(get(listener, "/test/things", TOKEN).status()).isEqualTo(200);
    }

    @Test
    void oneAddressLeavesOthersRoomToLogIn() throws Exception {
        InetSocketAddress listener = listener(limits(20 << 10, 100, 12, 100), RateLimits.DEFAULT);
        String stalled = post("/test/tokens", "Content-Length: 16000\r\n", "x".repeat(8_200));
        String logIn = post("/test/tokens", "Content-Length: 12000\r\n", "secret".repeat(2_000));
        // Holders that come at once may crowd each other out and leave room: they come one by one until there is none.
        await().untilAsserted(() -> {
            from("127.0.0.2", listener).send(stalled);
            try (RawClient neighbour = RawClient.from("127.0.0.2", listener)) {
                neighbour.send(logIn);
                Answer refused = neighbour.answer();
                assertThat(refused.status()).isEqualTo(429);
                assertThat(refused.body()).contains("fewer at a time");
            }
        });
        RawClient elsewhere = from("127.0.0.3", listener);
        elsewhere.send(logIn);
        assertThat(elsewhere.answer().status()).isEqualTo(204);
    }

    private static DoorLimits limits(int replyKibibytes, int userPercent, int addressPercent, int requestsPerUser) {
        return new DoorLimits(
                LIMITS.connections(),
                LIMITS.connectionsPerAddress(),
                LIMITS.headTime(),
                LIMITS.idleTime(),
                LIMITS.stallTime(),
                LIMITS.slowestBytesPerSecond(),
                LIMITS.writeTime(),
                new DoorLimits.Heap(
                        20 << 10, 1 << 10, replyKibibytes, userPercent, addressPercent, Duration.ofMillis(100)),
                requestsPerUser,
                Duration.ofMillis(200));
    }

    private Answer get(InetSocketAddress listener, String path, String headers) throws IOException {
        try (RawClient client = RawClient.to(listener)) {
            client.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n");
            return client.answer();
        }
    }

    private RawClient from(String address, InetSocketAddress listener) throws IOException {
        RawClient client = RawClient.from(address, listener);
        clients.add(client);
        return client;
    }

    // ---- time

    private static DoorLimits quick() {
        return quick(100, 50);
    }

    private static DoorLimits quick(int connections, int ofOneAddress) {
        return new DoorLimits(
                connections,
                ofOneAddress,
                Duration.ofMillis(500),
                Duration.ofMillis(500),
                Duration.ofMillis(500),
                4096,
                Duration.ofMillis(500),
                new DoorLimits.Heap(20 << 10, 1 << 10, 20 << 10, 100, 100, Duration.ofMillis(100)),
                100,
                Duration.ofSeconds(5));
    }

    @Test
    void aConnectionThatSendsNothingIsClosed() throws Exception {
        assertThat(client(listener(quick(), RateLimits.DEFAULT)).rest()).isEmpty();
    }

    @Test
    void aConnectionThatWaitsTooLongForItsNextRequestIsClosed() throws Exception {
        RawClient client = client(listener(quick(), RateLimits.DEFAULT));

        client.send(post("/test/echo", TOKEN + "Content-Length: 2\r\n", "{}"));

        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(client.rest()).isEmpty();
    }

    @Test
    void headersThatDoNotEndAreCutOff() throws Exception {
        RawClient client = client(listener(quick(), RateLimits.DEFAULT));

        client.send("GET /test/things HTTP/1.1\r\nHost: h\r\nX-A");

        Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(408);
        assertThat(answer.body()).contains("were not complete");
        assertThat(client.rest()).isEmpty();
    }

    @Test
    void aBodyThatStopsIsCutOff() throws Exception {
        RawClient client = client(listener(quick(), RateLimits.DEFAULT));

        client.send(post("/test/echo", TOKEN + "Content-Length: 4000000\r\n", "x".repeat(3_900_000)));

        Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(408);
        assertThat(answer.body()).contains("4096 bytes a second");
        assertThat(client.rest()).isEmpty();
    }

    @Test
    void aBodyThatDripsIsCutOff() throws Exception {
        RawClient client = client(listener(quick(), RateLimits.DEFAULT));
        client.send(post("/test/echo", TOKEN + "Content-Length: 4000\r\n", ""));
        // A byte each 50 ms is 20 bytes a second.
        Thread drip = Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    client.send("x");
                    Thread.sleep(50);
                }
            } catch (IOException | InterruptedException cutOff) {
                // As it should be.
            }
        });

        assertThat(client.answer().status()).isEqualTo(408);
        drip.interrupt();
        drip.join();
    }

    @Test
    void aClientThatDoesNotReadItsReplyIsCutOff() throws Exception {
        // One connection has room, so that another one is served once the first was cut off.
        InetSocketAddress listener = listener(quick(1, 1), RateLimits.DEFAULT);
        RawClient client = client(listener);

        client.send("GET /test/large HTTP/1.1\r\nHost: h\r\n" + TOKEN + "\r\n");

        await().atMost(Duration.ofSeconds(20)).until(() -> {
            try (RawClient other = RawClient.to(listener)) {
                other.send("GET /test/things HTTP/1.1\r\nHost: h\r\n" + TOKEN + "\r\n");
                return other.answer().status() == 200;
            } catch (IOException refused) {
                return false;
            }
        });
        assertThat(client).satisfies(cut -> {
            try {
                assertThat(cut.rest().length()).isLessThan(64 << 20);
            } catch (IOException reset) {
                assertThat(reset).isInstanceOf(java.net.SocketException.class);
            }
        });
    }

    // ---- how many

    @Test
    void anAddressHasOnlySoManyConnectionsAndTheOthersNoticeNothing() throws Exception {
        InetSocketAddress listener = listener(LIMITS, RateLimits.DEFAULT);
        RawClient inside = client(listener);
        inside.send(post("/test/echo", TOKEN + "Content-Length: 2\r\n", "{}"));
        assertThat(inside.answer().status()).isEqualTo(200);
        for (int i = 1; i < LIMITS.connectionsPerAddress(); i++) {
            client(listener);
        }

        await().untilAsserted(() -> assertThat(refused("127.0.0.1", listener)).isTrue());
        inside.send(post("/test/echo", TOKEN + "Content-Length: 2\r\n", "{}"));
        assertThat(inside.answer().status()).isEqualTo(200);
        assertThat(refused("127.0.0.2", listener)).isFalse();

        clients.get(1).close();
        await().untilAsserted(() -> assertThat(refused("127.0.0.1", listener)).isFalse());
    }

    @Test
    void allAddressesTogetherHaveOnlySoManyConnections() throws Exception {
        InetSocketAddress listener = listener(LIMITS, RateLimits.DEFAULT);
        for (int i = 0; i < LIMITS.connections(); i++) {
            clients.add(RawClient.from("127.0.0." + (2 + i % 3), listener));
        }

        await().untilAsserted(() -> assertThat(refused("127.0.0.1", listener)).isTrue());
        clients.getFirst().close();
        await().untilAsserted(() -> assertThat(refused("127.0.0.1", listener)).isFalse());
    }

    private static boolean refused(String from, InetSocketAddress listener) throws IOException {
        try (RawClient client = RawClient.from(from, listener)) {
            client.send("GET /test/things HTTP/1.1\r\nHost: h\r\n" + TOKEN + "\r\n");
            Answer answer = client.answer();
            if (answer.status() == 503) {
                assertThat(answer.body()).contains("Too many connections");
                assertThat(answer.header("Retry-After")).isEqualTo("1");
            }
            return answer.status() == 503;
        } catch (java.net.SocketException reset) {
            return true;
        }
    }

    // ---- how much

    @Test
    void anAnonymousBodyIsAtMost16Kibibytes() throws Exception {
        RawClient client = client();

        client.send(post("/test/tokens", "Content-Length: 16384\r\n", "secret" + "x".repeat(16384 - 6)));
        assertThat(client.answer().status()).isEqualTo(204);
        client.send(post("/test/tokens", "Content-Length: 4000000\r\n", ""));

        Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.body()).contains("larger than 16384 bytes");
        assertThat(answer.closes()).isTrue();
    }

    @Test
    void anAnonymousBodyInChunksIsAtMost16Kibibytes() throws Exception {
        RawClient client = client();

        client.send(post("/test/tokens", "Transfer-Encoding: chunked\r\n", "8000\r\n" + "x".repeat(0x8000) + "\r\n"));

        Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.closes()).isTrue();
        assertThat(client.rest()).isEmpty();
    }

    @Test
    void bodiesTogetherHaveABoundAndWhatIsReadIsGivenBack() throws Exception {
        DoorLimits tight = new DoorLimits(
                100,
                50,
                Duration.ofSeconds(15),
                Duration.ofSeconds(60),
                Duration.ofSeconds(10),
                4096,
                Duration.ofSeconds(30),
                new DoorLimits.Heap(3 << 10, 1 << 10, 20 << 10, 100, 100, Duration.ofMillis(100)),
                100,
                Duration.ofSeconds(5));
        InetSocketAddress listener = listener(tight, RateLimits.DEFAULT);
        RawClient holder = client(listener);
        holder.send(post("/test/echo", TOKEN + "Content-Length: 2000000\r\n", "x".repeat(1_900_000)));

        await().untilAsserted(() -> {
            Answer answer = large(listener);
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            assertThat(answer.body()).contains("send this one again");
        });
        holder.send("x".repeat(100_000));
        assertThat(holder.answer().body()).isEqualTo("{\"bytes\":2000000}");
        for (int i = 0; i < 10; i++) {
            await().untilAsserted(() -> assertThat(large(listener).status()).isEqualTo(200));
        }
    }

    private static Answer large(InetSocketAddress listener) throws IOException {
        try (RawClient client = RawClient.to(listener)) {
            client.send(post("/test/echo", TOKEN + "Content-Length: 1500000\r\n", "x".repeat(1_500_000)));
            return client.answer();
        }
    }

    // ---- how often

    private static final RateLimits.Rate PLENTY = new RateLimits.Rate(1000, 1000);

    private static String get() {
        return "GET /test/things HTTP/1.1\r\nHost: h\r\n" + TOKEN + "\r\n";
    }

    @Test
    void anAddressIsToldToComeLess() throws Exception {
        RawClient client = client(listener(LIMITS, new RateLimits(new RateLimits.Rate(1, 3), PLENTY, PLENTY)));

        for (int i = 0; i < 3; i++) {
            client.send(get());
            assertThat(client.answer().status()).isEqualTo(200);
        }
        client.send(get());

        Answer refused = client.answer();
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Retry-After")).isEqualTo("1");
        assertThat(refused.body()).contains("This address has sent too many requests");
    }

    @Test
    void aCallerIsToldToComeLess() throws Exception {
        RawClient client = client(listener(LIMITS, new RateLimits(PLENTY, PLENTY, new RateLimits.Rate(1, 1))));

        client.send(get() + get());

        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(client.answer().status()).isEqualTo(429);
    }

    @Test
    void onlyLogInsThatFailAreCounted() throws Exception {
        RawClient client = client(listener(LIMITS, new RateLimits(PLENTY, new RateLimits.Rate(1, 5), PLENTY)));
        for (int i = 0; i < 20; i++) {
            client.send(post("/test/tokens", "Content-Length: 6\r\n", "secret"));
            assertThat(client.answer().status()).isEqualTo(204);
        }
        for (int i = 0; i < 5; i++) {
            client.send(post("/test/tokens", "Content-Length: 5\r\n", "guess"));
            assertThat(client.answer().status()).isEqualTo(401);
        }

        client.send(post("/test/tokens", "Content-Length: 5\r\n", "guess"));

        assertThat(client.answer().status()).isEqualTo(429);
    }
}
