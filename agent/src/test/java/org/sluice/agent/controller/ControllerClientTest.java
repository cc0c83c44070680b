package org.sluice.agent.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.agent.Samples;
import org.sluice.agent.wire.ProtocolJson;
import org.sluice.model.ImageId;
import org.sluice.model.MacAddress;
import org.sluice.model.PortId;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredHost;
import org.sluice.model.protocol.DesiredHost.Known;
import org.sluice.model.protocol.DesiredHost.Part;
import org.sluice.model.protocol.DesiredInterface.Bridge;
import org.sluice.model.protocol.DesiredSegment;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.HostQuery;
import org.sluice.model.protocol.PhysicalFunctionKey;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport;
import org.sluice.model.protocol.ServerReport.InterfaceState;
import org.sluice.model.protocol.ServerReport.VirtualFunctionState;
import org.sluice.model.protocol.VirtualFunctionLease;
import tools.jackson.core.type.TypeReference;

class ControllerClientTest {
    private static final PhysicalFunctionKey CARD = new PhysicalFunctionKey("SN1", 0);

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<Optional<String>> histories = new CopyOnWriteArrayList<>();
    private final List<String> known = new CopyOnWriteArrayList<>();
    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private HttpClient http;
    private ControllerClient client;
    private int status = 200;
    private byte[] answer = new byte[0];

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            histories.add(Optional.ofNullable(exchange.getRequestHeaders().getFirst("Sluice-History")));
            Optional.ofNullable(exchange.getRequestHeaders().getFirst("Sluice-Knows"))
                    .ifPresent(known::add);
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
            try (var body = exchange.getResponseBody()) {
                body.write(answer);
            }
        });
        server.start();
        http = HttpClient.newHttpClient();
        client = new ControllerClient(http, base());
    }

    @AfterEach
    void stop() {
        http.close();
        server.stop(0);
    }

    @Test
    void asksForTheDesiredStateAndUnderstandsIt() {
        DesiredHost state = new DesiredHost(
                9,
                List.of(Samples.server(Samples.bridgeNic(1), Samples.direct(CARD, 3, 7))),
                List.of(new HostQuery(new UUID(0, 1), ServerId.random(), 20, Optional.of("req-1"), Optional.empty())),
                List.of());
        answer = ProtocolJson.MAPPER.writeValueAsBytes(state);
        assertThat(client.desired(at(8), Duration.ofSeconds(20))).contains(state);
        assertThat(asked).containsExactly("GET /agent/v1/desired?after=8&wait=20");
        assertThat(histories).containsExactly(Optional.empty());
    }

    private static Known at(long revision) {
        return new Known(revision, Optional.empty());
    }

    @Test
    void saysOfWhichHistoryItHasTheStateAndUnderstandsWhatChangedSince() {
        UUID history = UUID.randomUUID();
        DesiredHost part = new DesiredHost(
                9,
                List.of(Samples.server(Samples.bridgeNic(1))),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Optional.of(history),
                Optional.of(new Part(8, List.of(ServerId.random()))),
                Optional.empty());
        answer = ProtocolJson.MAPPER.writeValueAsBytes(part);

        assertThat(client.desired(new Known(8, Optional.of(history)), Duration.ZERO))
                .contains(part);

        assertThat(histories).containsExactly(Optional.of(history.toString()));
    }

    private void answersWithSegments(DesiredServer server, List<DesiredSegment> segments) {
        answer = ProtocolJson.MAPPER.writeValueAsBytes(new DesiredHost(
                9,
                List.of(server),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(segments)));
    }

    @Test
    void nicsAreWholeWithWhatTheirSegmentsSay() {
        DesiredServer whole = Samples.server(Samples.bridgeNic(1));
        answersWithSegments(whole.apart(), List.of(Samples.segment(Samples.NETWORK, 1500)));

        DesiredHost state = client.desired(at(8), Duration.ZERO).orElseThrow();

        assertThat(state.servers()).containsExactly(whole);
        assertThat(state.segmentsByNetwork()).containsOnlyKeys(Samples.NETWORK);
        assertThat(known).containsExactly("segments");
    }

    /** On no VLAN it would be on somebody else's network. */
    @Test
    void aNicWhoseSegmentIsNotToldIsNotUnderstood() {
        DesiredServer server = Samples.server(Samples.bridgeNic(1));
        answersWithSegments(server.apart(), List.of());

        DesiredHost state = client.desired(at(8), Duration.ZERO).orElseThrow();

        assertThat(state.servers()).isEmpty();
        assertThat(state.notUnderstood()).singleElement().satisfies(other -> {
            assertThat(other.server()).isEqualTo(server.id());
            assertThat(other.reason()).isEqualTo("Its network " + Samples.NETWORK + ": nothing is told of it.");
        });
        answersWithSegments(Samples.absent(server).apart(), List.of());
        assertThat(client.desired(at(8), Duration.ZERO).orElseThrow().servers())
                .as("what goes is what was built")
                .hasSize(1);
    }

    @Test
    void aSegmentThatItDoesNotKnowIsTheTroubleOfItsServersAlone() {
        DesiredServer server = Samples.server(Samples.bridgeNic(1));
        answersWithSegments(server.apart(), List.of(Samples.segment(Samples.NETWORK, 1500)));
        answer = new String(answer, StandardCharsets.UTF_8)
                .replace("\"mtu\":1500", "\"mtu\":\"as wide as it gets\"")
                .getBytes(StandardCharsets.UTF_8);

        DesiredHost state = client.desired(at(8), Duration.ZERO).orElseThrow();

        assertThat(state.servers()).isEmpty();
        assertThat(state.notUnderstood().getFirst().reason())
                .startsWith("Its network " + Samples.NETWORK + ": ")
                .contains("mtu");
        assertThat(state.segments()).contains(List.of());
    }

    /** What was a list is something else to a later controller: that is no reason to take NICs for untagged ones. */
    @Test
    void segmentsInAnotherShapeAreNotUnderstood() {
        DesiredServer server = Samples.server(Samples.bridgeNic(1));
        answersWithSegments(server.apart(), List.of());
        answer = new String(answer, StandardCharsets.UTF_8)
                .replace("\"segments\":[]", "\"segments\":{\"at\":\"another place\"}")
                .getBytes(StandardCharsets.UTF_8);

        DesiredHost state = client.desired(at(8), Duration.ZERO).orElseThrow();

        assertThat(state.servers()).isEmpty();
        assertThat(state.notUnderstood()).hasSize(1);
    }

    /** Controllers of the time before tell neither. */
    @Test
    void aStateWithoutHistoryIsAWholeOne() {
        answer = "{'revision': 9, 'servers': [], 'queries': []}"
                .replace('\'', '"')
                .getBytes(StandardCharsets.UTF_8);

        assertThat(client.desired(at(8), Duration.ZERO)).contains(new DesiredHost(9, List.of(), List.of(), List.of()));
    }

    /** As a newer controller sends it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"kind\":\"bridge\" | \"kind\":\"hover\" | hover",
                "\"level\":\"RUNNING\" | \"level\":\"LEVITATING\" | LEVITATING",
                "\"presence\":\"PRESENT\",\"power\" | \"presence\":\"ELSEWHERE\",\"power\" | ELSEWHERE"
            })
    void whatItDoesNotKnowIsTheTroubleOfThatServerAlone(String known, String unknown, String word) {
        DesiredServer strange = Samples.claimed(Samples.server(Samples.bridgeNic(1)), 4)
                .powered(new Power(Power.Level.RUNNING, 6, 0, Power.Ending.GRACEFUL));
        DesiredServer plain = Samples.server(Samples.direct(CARD, 3, 7));
        String understood = ProtocolJson.MAPPER.writeValueAsString(strange);
        String text = understood.replace(known, unknown);
        assertThat(text).isNotEqualTo(understood);
        answer = ProtocolJson.MAPPER
                .writeValueAsString(Samples.state(9, strange, plain))
                .replace(understood, text)
                .getBytes(StandardCharsets.UTF_8);

        DesiredHost state = client.desired(at(8), Duration.ZERO).orElseThrow();

        assertThat(state.revision()).isEqualTo(9);
        assertThat(state.servers()).containsExactly(plain);
        assertThat(state.notUnderstood()).singleElement().satisfies(other -> {
            assertThat(other.server()).isEqualTo(strange.id());
            assertThat(other.claim()).contains(4L);
            assertThat(other.generation()).isEqualTo(6);
            assertThat(other.reason()).contains(word);
        });
    }

    @Test
    void whatIsToGoGoesWhateverElseIsNotKnownOfIt() {
        Bridge plain = Samples.bridgeNic(1);
        DesiredServer going = Samples.absent(Samples.server(plain, Samples.direct(CARD, 3, 7)));
        answer = ProtocolJson.MAPPER
                .writeValueAsString(Samples.state(9, going))
                .replace("\"kind\":\"direct\"", "\"kind\":\"hover\"")
                .replace("\"level\":\"RUNNING\"", "\"level\":\"LEVITATING\"")
                .getBytes(StandardCharsets.UTF_8);

        DesiredHost state = client.desired(at(8), Duration.ZERO).orElseThrow();

        assertThat(state.notUnderstood()).isEmpty();
        assertThat(state.servers()).containsExactly(going.wired(List.of(plain)));
    }

    @Test
    void bringsAnImageAndTellsARefusalFromNoAnswer(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("disk"), "all of it");
        ImageId image = ImageId.random();
        status = 204;
        client.bring(image, file);
        assertThat(asked).containsExactly("PUT /agent/v1/images/" + image + "/file");
        assertThat(bodies).containsExactly("all of it");

        answer = "{\"error\": \"too large\"}".getBytes(StandardCharsets.UTF_8);
        for (int refusal : List.of(400, 404, 409, 413, 507)) {
            status = refusal;
            assertThatThrownBy(() -> client.bring(image, file))
                    .isInstanceOf(ProblemException.class)
                    .hasMessageContaining("does not take the image (" + refusal + "): {\"error\": \"too large\"}");
        }
        for (int later : List.of(401, 408, 429, 500, 503)) {
            status = later;
            assertThatThrownBy(() -> client.bring(image, file)).isInstanceOf(ControllerUnavailableException.class);
        }
    }

    @Test
    void takesNoContentForNothingNew() {
        status = 204;
        assertThat(client.desired(Known.NOTHING, Duration.ofSeconds(1))).isEmpty();
    }

    @Test
    void sendsReportsWithTheirKinds() {
        ServerId id = ServerId.random();
        List<ServerReport> reports = List.of(
                new ServerReport.Observed(
                        id,
                        4,
                        PowerState.RUNNING,
                        List.of(new InterfaceState(
                                PortId.random(),
                                "0000:01:10.0",
                                Optional.of(new VirtualFunctionState(
                                        new VirtualFunctionLease(CARD, 3, 7),
                                        new MacAddress("fa:16:3e:00:00:01"),
                                        2401,
                                        0,
                                        Optional.of(true),
                                        Optional.empty(),
                                        0,
                                        0,
                                        List.of("state"))))),
                        Optional.empty()),
                new ServerReport.Observed(
                        id,
                        5,
                        PowerState.STOPPED,
                        List.of(),
                        Optional.of(
                                new ServerReport.Failure("KernelEBUSY", "It did not start.", Optional.of("Wait.")))),
                new ServerReport.Failed(id, new ServerReport.Failure("KernelENOMEM", "It failed.", Optional.empty())),
                new ServerReport.Absent(id, List.of(new VirtualFunctionLease(CARD, 3, 7))));
        status = 204;
        client.report(reports);
        assertThat(asked).containsExactly("POST /agent/v1/reports");
        assertThat(bodies.getFirst()).contains("\"kind\":\"observed\"", "\"kind\":\"failed\"", "\"kind\":\"absent\"");
        assertThat(ProtocolJson.MAPPER.readValue(bodies.getFirst(), new TypeReference<List<ServerReport>>() {}))
                .isEqualTo(reports);
    }

    @Test
    void answersAQuery() {
        status = 204;
        client.answer(new HostQuery.Answer(new UUID(0, 5), "login: "));
        assertThat(asked).containsExactly("POST /agent/v1/queries/00000000-0000-0000-0000-000000000005");
        assertThat(bodies.getFirst()).contains("\"text\":\"login: \"");
    }

    @Test
    void copiesAnImage() throws IOException {
        answer = "bytes of an image".getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream to = new ByteArrayOutputStream();
        ImageId image = new ImageId(new UUID(0, 7));
        client.fetchImage(image, to);
        assertThat(to.toByteArray()).isEqualTo(answer);
        assertThat(asked).containsExactly("GET /agent/v1/images/" + image + "/file");
    }

    /** The controller sends the beginning of an image, and no more until that is over. */
    private void stopsInTheMiddleOfAnImage(CountDownLatch over) {
        server.createContext("/agent/v1/images", exchange -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write(new byte[10]);
            exchange.getResponseBody().flush();
            try {
                over.await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Test
    void doesNotWaitForAControllerThatStoppedInTheMiddleOfAnImage() {
        CountDownLatch over = new CountDownLatch(1);
        stopsInTheMiddleOfAnImage(over);
        ByteArrayOutputStream to = new ByteArrayOutputStream();
        ControllerClient hurried = new ControllerClient(http, base(), Duration.ofMillis(200));
        try {
            assertThatThrownBy(() -> hurried.fetchImage(new ImageId(new UUID(0, 7)), to))
                    .isInstanceOf(ControllerUnavailableException.class)
                    .hasMessageContaining("Nothing has come from the controller for");
            assertThat(to.size()).isEqualTo(10);
        } finally {
            over.countDown();
        }
    }

    @Test
    void anImageThatNobodyWaitsForAnyMoreIsBrokenOff() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        stopsInTheMiddleOfAnImage(over);
        AtomicReference<Throwable> ended = new AtomicReference<>();
        OutputStream to = new OutputStream() {
            @Override
            public void write(int one) {
                begun.countDown();
            }
        };
        Thread fetching = Thread.ofPlatform().start(() -> {
            try {
                client.fetchImage(ImageId.random(), to);
            } catch (ControllerUnavailableException | IOException e) {
                ended.set(e);
            }
        });
        begun.await();
        try {
            fetching.interrupt();
            assertThat(fetching.join(Duration.ofSeconds(20))).isTrue();
            assertThat(ended.get()).isInstanceOf(ControllerUnavailableException.class);
        } finally {
            over.countDown();
        }
    }

    @Test
    void anImageThatCannotBeWrittenIsNotTheControllersFault() {
        answer = "bytes of an image".getBytes(StandardCharsets.UTF_8);
        OutputStream full = new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        assertThatThrownBy(() -> client.fetchImage(ImageId.random(), full))
                .isInstanceOf(IOException.class)
                .hasMessage("No space left on device");
    }

    @Test
    void anImageThatBreaksOffMayComeLater() {
        server.createContext("/agent/v1/images", exchange -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write(new byte[10]);
            exchange.getResponseBody().flush();
            exchange.close();
        });
        assertThatThrownBy(() -> client.fetchImage(ImageId.random(), new ByteArrayOutputStream()))
                .isInstanceOf(ControllerUnavailableException.class)
                .hasMessageContaining("broke off");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HostUnknown", "HostRemoved"})
    void thatTheHostIsNoMemberSaysNothingAboutAnImage(String code) {
        status = 404;
        answer = ("{\"error\": {\"code\": \"" + code + "\"}}").getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> client.fetchImage(ImageId.random(), new ByteArrayOutputStream()))
                .isInstanceOf(ControllerUnavailableException.class);
    }

    @Test
    void tellsAnImageThatIsGoneFromOneThatDoesNotComeNow() {
        answer = "{\"error\": \"no such image\"}".getBytes(StandardCharsets.UTF_8);
        ImageId image = ImageId.random();
        for (int gone : List.of(404, 410)) {
            status = gone;
            assertThatThrownBy(() -> client.fetchImage(image, new ByteArrayOutputStream()))
                    .isInstanceOf(ProblemException.class)
                    .hasMessageContaining("has no image " + image + " for this host (" + gone + ")")
                    .hasMessageContaining("no such image");
        }
        for (int later : List.of(401, 408, 429, 500, 502, 503)) {
            status = later;
            assertThatThrownBy(() -> client.fetchImage(image, new ByteArrayOutputStream()))
                    .isInstanceOf(ControllerUnavailableException.class)
                    .hasMessageContaining(String.valueOf(later));
        }
    }

    @Test
    void saysWhatTheControllerAnsweredInstead() {
        status = 503;
        answer = "{\"error\": {\"message\": \"closing\"}}".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> client.report(List.of()))
                .isInstanceOf(ControllerUnavailableException.class)
                .hasMessageContaining("503")
                .hasMessageContaining("closing");
        assertThatThrownBy(() -> client.fetchImage(new ImageId(new UUID(0, 7)), new ByteArrayOutputStream()))
                .isInstanceOf(ControllerUnavailableException.class)
                .hasMessageContaining("closing");
        status = 200;
        answer = "not json".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> client.desired(Known.NOTHING, Duration.ofSeconds(1)))
                .isInstanceOf(ControllerUnavailableException.class)
                .hasMessageContaining("not a desired state");
    }

    @Test
    void tellsAHostThatIsRefusedForGoodFromAThingThatIsNotThere() {
        status = 204;
        client.requireMember(Duration.ofSeconds(5));
        status = 404;
        answer = "{\"error\": {\"code\": \"HostRemoved\", \"message\": \"It is none.\", \"fix\": \"Enrol it.\"}}"
                .getBytes(StandardCharsets.UTF_8);
        for (ThrowingCallable asked : List.<ThrowingCallable>of(
                () -> client.requireMember(Duration.ofSeconds(5)),
                () -> client.desired(DesiredHost.Known.NOTHING, Duration.ofSeconds(1)))) {
            assertThatThrownBy(asked).isInstanceOfSatisfying(NotAMemberException.class, gone -> {
                assertThat(gone.reason()).isEqualTo(NotAMemberException.Reason.REMOVED);
                assertThat(gone).hasMessage("It is none. Enrol it.");
            });
        }
        status = 401;
        answer = "{\"error\": {\"code\": \"HostReplaced\", \"message\": \"Another is it.\"}}"
                .getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> client.report(List.of()))
                .isInstanceOfSatisfying(
                        NotAMemberException.class,
                        gone -> assertThat(gone.reason()).isEqualTo(NotAMemberException.Reason.REPLACED));
        for (String other : List.of(
                "{\"error\": {\"code\": \"HostUnknown\"}}",
                "{\"error\": {\"code\": \"ImageNotFound\"}}",
                "[]",
                "no JSON",
                "")) {
            status = 404;
            answer = other.getBytes(StandardCharsets.UTF_8);
            assertThatThrownBy(() -> client.requireMember(Duration.ofSeconds(5)))
                    .as(other)
                    .isInstanceOf(ControllerUnavailableException.class);
        }
    }

    @Test
    void saysThatNobodyAnswers() {
        URI base = base();
        server.stop(0);
        assertThatThrownBy(() -> new ControllerClient(http, base).desired(Known.NOTHING, Duration.ofSeconds(1)))
                .isInstanceOf(ControllerUnavailableException.class)
                .hasMessageContaining("does not answer");
    }

    private URI base() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }
}
