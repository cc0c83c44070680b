package org.sluice.controller.agents;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.http.ApiServer;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Route;
import org.sluice.controller.http.RouteTable;
import org.sluice.controller.http.TestListener;
import org.sluice.controller.http.door.RawClient;
import org.sluice.controller.server.DiskCopies;
import org.sluice.controller.server.ServerAction;
import org.sluice.controller.server.ServerActions;
import org.sluice.controller.server.Servers;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.HostId;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import org.sluice.model.ServerId;
import org.sluice.model.VnicType;
import org.sluice.model.protocol.DesiredHost;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.DiskWish;
import org.sluice.model.protocol.DriverRefusal;
import org.sluice.model.protocol.HostQuery;
import org.sluice.model.protocol.RefusalQuery;
import org.sluice.model.protocol.ServerReport;

/** The agents' API through its own door; a header stands in for the client certificate. */
class AgentsFamilyTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> taken = new ArrayList<>();
    private final AtomicInteger calls = new AtomicInteger();
    private volatile boolean replaced;
    private TestFleet fleet = new TestFleet(postgres.database());
    private ChangeFeed feed = new ChangeFeed(postgres.database());
    private ApiServer server = start();
    private HostId host = HostId.random();

    @BeforeEach
    void emptyBooks() {
        fleet = new TestFleet(postgres.database());
        fleet.clear();
        host = fleet.host("node0", 2);
    }

    @AfterEach
    void stop() {
        server.close();
        feed.close();
    }

    private ApiServer start() {
        return start(postgres.database());
    }

    private ApiServer start(Database database) {
        return TestListener.start(
                Optional.empty(),
                token -> {
                    throw Problem.of(Problem.Kind.UNAUTHENTICATED, "Unauthorized", "No token here.")
                            .asException();
                },
                List.of(agents(database)));
    }

    private AgentsFamily agents(Database database) {
        return new AgentsFamily(
                exchange -> {
                    calls.incrementAndGet();
                    return exchange.header("X-Test-Host")
                            .filter(_ -> !replaced)
                            .map(HostId::parse)
                            .orElseThrow(() -> Problem.of(
                                            Problem.Kind.UNAUTHENTICATED, "NoCertificate", "Show a certificate.")
                                    .asException());
                },
                database,
                new DesiredStates(database, feed, fleet.serverPorts),
                fleet.reports,
                (_, out) -> out.write("image".getBytes(UTF_8)),
                (_, _, source, arrived) -> {
                    taken.add(new String(readAll(source), UTF_8));
                    database.jdbi().useTransaction(arrived::accept);
                });
    }

    private static byte[] readAll(InputStream source) {
        try {
            return source.readAllBytes();
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    /** Whatever route comes to this API: it must not be asked without a certificate, nor be read before it. */
    @Test
    void noRouteIsAnsweredWithoutACertificateAndNoBodyIsWaitedForBefore() throws Exception {
        AgentsFamily family = agents(postgres.database());
        List<Route> routes = RouteTable.of(List.of(family)).routes(family);
        assertThat(routes).isNotEmpty();
        for (Route route : routes) {
            try (RawClient stranger = RawClient.to(server.address())) {
                // A token does not help, and the body that the head announces never comes.
                stranger.send((route.method() + " /agent/v1" + route.pattern().replaceAll("\\{[^}]*}", "x")
                                + " HTTP/1.1\r\nHost: x\r\nX-Auth-Token: t\r\nContent-Type: application/json\r\n"
                                + "Content-Length: 100\r\n\r\n")
                        .getBytes(UTF_8));
                RawClient.Answer answer = stranger.answer();

                assertThat(answer.status()).as(route.pattern()).isEqualTo(401);
                assertThat(answer.body())
                        .isEqualTo("{\"error\":{\"code\":\"NoCertificate\",\"message\":\"Show a certificate.\"}}");
            }
        }
    }

    @Test
    void aPollEndsAsSoonAsAServerIsPlaced() throws Exception {
        DesiredHost empty = Json.MAPPER.readValue(get("/desired").body(), DesiredHost.class);
        assertThat(empty.servers()).isEmpty();
        try (ExecutorService agent = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<HttpResponse<String>> poll =
                    agent.submit(() -> get("/desired?after=" + empty.revision() + "&wait=30"));
            ServerId placed = boot();

            DesiredHost desired = Json.MAPPER.readValue(poll.get().body(), DesiredHost.class);

            assertThat(desired.revision()).isGreaterThan(empty.revision());
            assertThat(desired.servers()).extracting(wanted -> wanted.id()).containsExactly(placed);
        }
    }

    @Test
    void aPollThatSaysWhatTheAgentHasIsToldWhatChangedSince() throws Exception {
        ServerId standing = boot();
        DesiredHost before = Json.MAPPER.readValue(get("/desired").body(), DesiredHost.class);
        assertThat(before.part()).isEmpty();
        assertThat(before.servers()).extracting(DesiredServer::id).containsExactly(standing);
        ServerId placed = boot();

        DesiredHost desired = Json.MAPPER.readValue(
                get(
                                "/desired?after=" + before.revision(),
                                "Sluice-History",
                                before.history().orElseThrow().toString(),
                                "Sluice-Knows",
                                "segments")
                        .body(),
                DesiredHost.class);

        assertThat(desired.part()).contains(new DesiredHost.Part(before.revision(), List.of()));
        assertThat(desired.servers()).extracting(DesiredServer::id).containsExactly(placed);
        DesiredInterface nic = desired.servers().getFirst().interfaces().getFirst();
        assertThat(nic.vlan()).isZero();
        assertThat(desired.segmentsByNetwork()).containsOnlyKeys(nic.network());
    }

    /** They know neither what a segment is nor what one that changed would change. */
    @Test
    void anAgentOfTheVersionBeforeIsToldAllWithEachNicWhole() throws Exception {
        ServerId standing = boot();
        DesiredHost before = Json.MAPPER.readValue(get("/desired").body(), DesiredHost.class);
        ServerId placed = boot();

        DesiredHost desired = Json.MAPPER.readValue(
                get(
                                "/desired?after=" + before.revision(),
                                "Sluice-History",
                                before.history().orElseThrow().toString())
                        .body(),
                DesiredHost.class);

        assertThat(desired.part()).isEmpty();
        assertThat(desired.segments()).isEmpty();
        assertThat(desired.servers()).extracting(DesiredServer::id).containsExactly(standing, placed);
        assertThat(desired.servers())
                .allSatisfy(server ->
                        assertThat(server.interfaces().getFirst().vlan()).isPositive());
    }

    @Test
    void aPollWithoutNewsIsEmptyAndASignOfLife() throws Exception {
        postgres.database()
                .jdbi()
                .useHandle(handle -> handle.execute("update host set last_seen_at = now() - interval '1 hour'"));
        assertThat(boot0().isPlaced()).isFalse();

        assertThat(get("/desired?after=0&wait=0").statusCode()).isEqualTo(204);

        assertThat(boot0().isPlaced()).isTrue();
    }

    /** What it has of servers that are elsewhere now is ended by nobody but its own agent, which has to hear of it. */
    @Test
    void aHostThatWasDeclaredDownIsToldWhatItIsToDoLikeAnyOther() throws Exception {
        ServerId placed = boot();
        DesiredHost before = Json.MAPPER.readValue(get("/desired").body(), DesiredHost.class);
        postgres.database().jdbi().useTransaction(handle -> {
            handle.execute("update host set forced_down_at = now()");
            fleet.scheduling.requestDelete(handle, placed);
        });

        DesiredHost told = Json.MAPPER.readValue(
                get("/desired?after=" + before.revision() + "&wait=0").body(), DesiredHost.class);

        assertThat(told.servers())
                .extracting(DesiredServer::id, DesiredServer::presence)
                .containsExactly(tuple(placed, DesiredServer.Presence.ABSENT));
        assertThat(fleet.count("select count(*) from host where forced_down_at is null"))
                .as("that it is heard takes nothing back")
                .isZero();
    }

    @Test
    void inventoryAndReportsAreTaken() throws Exception {
        assertThat(send("PUT", "/inventory", TestFleet.inventory("node0", 5)).statusCode())
                .isEqualTo(204);
        assertThat(fleet.count("select count(*) from virtual_function where present"))
                .isEqualTo(5);
        ServerId placed = boot();

        byte[] reports = Json.MAPPER
                .writerFor(Json.MAPPER
                        .getTypeFactory()
                        .constructCollectionType(List.class, org.sluice.model.protocol.ServerReport.class))
                .writeValueAsBytes(List.of(fleet.running(host, placed)));
        assertThat(send("POST", "/reports", reports).statusCode()).isEqualTo(204);

        assertThat(fleet.text("select status from server where id = ?", placed.value()))
                .contains("ACTIVE");
    }

    @Test
    void whatIsNoInventoryIsRefused() throws Exception {
        for (String inventory : List.of("null", "[]", "{")) {
            HttpResponse<String> answer = send("PUT", "/inventory", inventory.getBytes(UTF_8));

            assertThat(answer.statusCode()).as(inventory).isEqualTo(400);
            assertThat(answer.body()).contains("not a valid Inventory");
        }
    }

    @Test
    void aListWithoutAReportIsRefused() throws Exception {
        HttpResponse<String> missing = send("POST", "/reports", "[null]".getBytes(UTF_8));
        HttpResponse<String> none = send("POST", "/reports", "null".getBytes(UTF_8));

        assertThat(missing.statusCode()).isEqualTo(400);
        assertThat(missing.body()).contains("no ServerReport at [0]");
        assertThat(none.statusCode()).isEqualTo(400);
        assertThat(none.body()).contains("not a valid list of ServerReport");
    }

    @Test
    void agentsAreHeardWhileAllOtherConnectionsAreTaken() throws Exception {
        server.close();
        List<Handle> taken = new ArrayList<>();
        try (Database other = postgres.another();
                Database own = other.beside("agents", 2)) {
            server = start(own);
            for (int number = 0; number < 8; number++) {
                taken.add(other.jdbi().open());
            }
            assertThat(get("/desired").statusCode()).isEqualTo(200);
            assertThat(fleet.count("select count(*) from host where last_seen_at is not null"))
                    .isEqualTo(1);
            taken.forEach(Handle::close);
            server.close();
        }
    }

    @Test
    void agentsAreHeardWhileTheirHostsRowsAreHeldAndTheirSignOfLifeComesLater() throws Exception {
        String heard = "select count(*) from host where last_seen_at > now() - interval '1 minute'";
        server.close();
        try (Database other = postgres.another();
                Database own = other.beside("agents", 1);
                ExecutorService agents = Executors.newVirtualThreadPerTaskExecutor()) {
            server = start(own);
            other.jdbi()
                    .useHandle(handle -> handle.execute("update host set last_seen_at = now() - interval '1 hour'"));
            Future<HttpResponse<String>> waiting = other.jdbi().inTransaction(boot -> {
                boot.execute("update host set vcpus_used = vcpus_used where id = ?", host.value());
                assertThat(get("/desired").statusCode()).isEqualTo(200);
                assertThat(fleet.count(heard)).isZero();
                long revision = fleet.count("select desired_revision from host");
                return agents.submit(() -> get("/desired?after=" + revision + "&wait=5"));
            });
            assertThat(waiting.get().statusCode()).isEqualTo(204);
            assertThat(fleet.count(heard))
                    .as("the poll that waited meanwhile gave it")
                    .isEqualTo(1);
            server.close();
        }
    }

    @Test
    void aHostThatAnotherMachineBecameWhileItWaitedGetsNothing() throws Exception {
        DesiredHost empty = Json.MAPPER.readValue(get("/desired").body(), DesiredHost.class);
        try (ExecutorService agent = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<HttpResponse<String>> poll =
                    agent.submit(() -> get("/desired?after=" + empty.revision() + "&wait=30"));
            await().until(() -> calls.get() == 3);
            replaced = true;
            ServerId _ = boot();

            assertThat(poll.get().statusCode()).isEqualTo(401);
        }
    }

    @Test
    void aReportThatCannotBeTakenHoldsUpNoOther() throws Exception {
        ServerId poisoned = boot();
        ServerId runs = boot();
        ServerReport.Observed running = fleet.running(host, poisoned);
        ServerReport.InterfaceState nic = running.interfaces().getFirst();

        HttpResponse<String> answer = report(
                TestFleet.running(
                        poisoned, List.of(new ServerReport.InterfaceState(nic.port(), "a\0b", nic.virtualFunction()))),
                fleet.running(host, runs));

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("ReportNotTaken", poisoned.toString());
        assertThat(fleet.text("select status from server where id = ?", poisoned.value()))
                .contains("BUILD");
        assertThat(fleet.text("select status from server where id = ?", runs.value()))
                .contains("ACTIVE");
    }

    @Test
    void whatAProgramOnAHostPrintedIsTakenWithoutWhatTheDatabaseCannotKeep() throws Exception {
        ServerId failed = boot();

        assertThat(report(new ServerReport.Failed(
                                failed, new ServerReport.Failure("Some\0Code", "It says \0.", Optional.of("Do \0."))))
                        .statusCode())
                .isEqualTo(204);

        assertThat(fleet.text(
                        "select fault_code || ': ' || fault_message || ' ' || fault_details from server where id = ?",
                        failed.value()))
                .contains("SomeCode: It says . Do .");
    }

    @Test
    void aCopyIsTakenFromTheHostThatWasAskedForItAndOnce() throws Exception {
        ServerId copied = boot();
        fleet.report(host, fleet.running(host, copied));
        ImageId image = ImageId.random();
        postgres.database().jdbi().useTransaction(handle -> {
            Servers servers = new Servers();
            new DiskCopies()
                    .ask(
                            handle,
                            servers.hold(handle, copied).orElseThrow(),
                            ServerAction.CREATE_IMAGE,
                            image,
                            new ServerActions.Asker("req-1", "user", TestFleet.PROJECT));
        });
        DesiredHost told = Json.MAPPER.readValue(get("/desired").body(), DesiredHost.class);
        assertThat(told.servers().getFirst().diskWish()).isEqualTo(DiskWish.copiedTo(image));
        String file = "/images/" + image + "/file";
        HostId right = host;

        host = fleet.host("node1", 0);
        assertThat(putImage(file, "theirs").statusCode()).isEqualTo(404);
        host = right;
        assertThat(putImage("/images/" + ImageId.random() + "/file", "other").statusCode())
                .isEqualTo(404);
        assertThat(putImage(file, "disk").statusCode()).isEqualTo(204);
        assertThat(putImage(file, "again").statusCode()).isEqualTo(404);

        assertThat(taken).containsExactly("disk");
        assertThat(fleet.text("select task_state from server")).isEmpty();
        DesiredHost after = Json.MAPPER.readValue(get("/desired").body(), DesiredHost.class);
        assertThat(after.revision()).isGreaterThan(told.revision());
        assertThat(after.servers().getFirst().diskWish()).isEqualTo(DiskWish.NONE);
    }

    private HttpResponse<String> report(ServerReport... reports) throws IOException, InterruptedException {
        return send("POST", "/reports", (Object) Json.MAPPER
                .writerFor(Json.MAPPER.getTypeFactory().constructCollectionType(List.class, ServerReport.class))
                .writeValueAsBytes(List.of(reports)));
    }

    /** As a newer agent sends it. */
    @Test
    void aReportOfAKindThatIsNotKnownIsRefusedAlone() throws Exception {
        ServerId runs = boot();
        String known = Json.MAPPER.writerFor(ServerReport.class).writeValueAsString(fleet.running(host, runs));
        String unknown = "{\"kind\": \"levitates\", \"server\": \"" + runs + "\"}";

        HttpResponse<String> answer = send("POST", "/reports", ("[" + unknown + "," + known + "]").getBytes(UTF_8));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("[0].kind is no kind of ServerReport");
        assertThat(fleet.text("select status from server where id = ?", runs.value()))
                .contains("ACTIVE");
    }

    @Test
    void whatIsNoReportIsRefusedByName() throws Exception {
        HttpResponse<String> answer = send("POST", "/reports", "[{\"kind\": \"lost\"}]".getBytes(UTF_8));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("not a valid list of ServerReport: [0].kind is no kind of ServerReport");
        assertThat(get("/desired?wait=soon").body()).contains("Query parameter 'wait' must be a whole number.");
        assertThat(get("/desired", "Sluice-History", "of old").body())
                .contains("Header 'Sluice-History' must be a UUID, the 'history' of a desired state; leave it out");
    }

    @Test
    void aStrangerWithAGoodCertificateIsToldSo() throws Exception {
        host = HostId.random();

        assertThat(get("/desired").statusCode()).isEqualTo(404);
        assertThat(send("PUT", "/inventory", TestFleet.inventory("x", 1)).body())
                .contains("is not a member of this cloud", "join it with a new join token");
    }

    @Test
    void whetherAHostIsAMemberIsNoSignOfLife() throws Exception {
        postgres.database()
                .jdbi()
                .useHandle(handle -> handle.execute("update host set last_seen_at = now() - interval '1 hour'"));
        assertThat(get("/member").statusCode()).isEqualTo(204);
        assertThat(boot0().isPlaced()).isFalse();
        host = HostId.random();
        HttpResponse<String> refused = get("/member");
        assertThat(refused.statusCode()).isEqualTo(404);
        assertThat(refused.body()).contains("\"code\":\"HostUnknown\"", "Restore a newer copy");

        postgres.database()
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "insert into audit_event (request_id, action, operation, resource_type, resource_id)"
                                + " values ('req', 'DELETE', 'delete', 'host', ?)",
                        host.toString()));
        assertThat(get("/member").body()).contains("\"code\":\"HostRemoved\"", "Join it anew");
    }

    @Test
    void anImageIsServedToHostsThatNeedItOnly() throws Exception {
        ServerId placed = boot();
        String image = fleet.text("select cast(image_id as text) from server where id = ?", placed.value())
                .orElseThrow();
        postgres.database()
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "insert into image (id, project_id, status, size) values (?, 'p', 'active', 5)",
                        UUID.fromString(image)));

        assertThat(get("/images/" + image + "/file").body()).isEqualTo("image");
        host = fleet.host("node1", 0);
        assertThat(get("/images/" + image + "/file").statusCode()).isEqualTo(404);
    }

    @Test
    void aQuestionReachesTheHostAndItsAnswerTheAsker() throws Exception {
        ServerId placed = boot();
        ConsoleQueries consoles = new ConsoleQueries(postgres.database(), feed);
        try (ExecutorService asker = Executors.newVirtualThreadPerTaskExecutor()) {
            long revision = fleet.count("select desired_revision from host");
            Future<Optional<String>> answer =
                    asker.submit(() -> consoles.ask(host, placed, 10, Duration.ofSeconds(30)));
            DesiredHost desired = Json.MAPPER.readValue(
                    get("/desired?after=" + revision + "&wait=30").body(), DesiredHost.class);
            HostQuery query = desired.queries().getFirst();
            assertThat(query.lines()).isEqualTo(10);

            send("POST", "/queries/" + query.id(), new HostQuery.Answer(query.id(), "login:\0 ok"));

            assertThat(answer.get()).contains("login: ok");
            assertThat(fleet.count("select count(*) from host_query")).isZero();
        }
    }

    @Test
    void whatDriversRefusedIsAskedOfTheHostAndForgottenByIt() throws Exception {
        RefusalQueries refusals = new RefusalQueries(postgres.database(), feed);
        DriverRefusal refusal = new DriverRefusal(
                "8086-10c9-igb-1",
                "8086",
                "10c9",
                "igb",
                "",
                "1.2\0",
                "legacy",
                "state",
                "EOPNOTSUPP",
                Instant.parse("2026-03-01T00:00:00Z"),
                60,
                120);
        try (ExecutorService asker = Executors.newVirtualThreadPerTaskExecutor()) {
            long revision = fleet.count("select desired_revision from host");
            Future<Optional<List<DriverRefusal>>> answer = asker.submit(
                    () -> refusals.ask(host, true, Optional.of("8086-10c9-igb-1"), Duration.ofSeconds(30)));
            DesiredHost desired = Json.MAPPER.readValue(
                    get("/desired?after=" + revision + "&wait=30").body(), DesiredHost.class);
            assertThat(desired.queries()).isEmpty();
            RefusalQuery query = desired.refusalQueries().getFirst();
            assertThat(query.forgets()).isTrue();
            assertThat(query.card()).contains("8086-10c9-igb-1");

            send("POST", "/queries/" + query.id(), new HostQuery.Answer(query.id(), List.of(refusal)));

            assertThat(answer.get())
                    .hasValueSatisfying(known -> assertThat(known)
                            .singleElement()
                            .satisfies(shown -> {
                                assertThat(shown.firmware()).isEqualTo("1.2\0");
                                assertThat(shown.attribute()).isEqualTo("state");
                                assertThat(shown.learnedAt()).isEqualTo(refusal.learnedAt());
                            }));
            assertThat(fleet.count("select count(*) from host_query")).isZero();
        }
    }

    @Test
    void aHostThatDoesNotAnswerIsNotWaitedForForEver() throws Exception {
        ConsoleQueries consoles = new ConsoleQueries(postgres.database(), feed);

        assertThat(consoles.ask(host, ServerId.random(), -1, Duration.ofMillis(50)))
                .isEmpty();
        assertThat(fleet.count("select count(*) from host_query")).isZero();
    }

    private TestFleet.Boot boot0() {
        return fleet.boot(fleet.port(
                fleet.network(TestFleet.VF_NETWORK, 2400 + (int) fleet.count("select count(*) from network")),
                VnicType.DIRECT));
    }

    private ServerId boot() {
        return boot0().server();
    }

    private HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).header("X-Test-Host", host.toString());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.GET().build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> putImage(String path, String bytes) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(uri(path))
                        .header("X-Test-Host", host.toString())
                        .header("Content-Type", "application/octet-stream")
                        .PUT(HttpRequest.BodyPublishers.ofString(bytes))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> send(String method, String path, Object body)
            throws IOException, InterruptedException {
        byte[] bytes = body instanceof byte[] raw ? raw : Json.MAPPER.writeValueAsBytes(body);
        return http.send(
                HttpRequest.newBuilder(uri(path))
                        .header("X-Test-Host", host.toString())
                        .method(method, HttpRequest.BodyPublishers.ofByteArray(bytes))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.address().getPort() + "/agent/v1" + path);
    }
}
