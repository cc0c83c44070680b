package org.sluice.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.agent.enrolment.AgentIdentity;
import org.sluice.agent.enrolment.Enroller;
import org.sluice.agent.enrolment.EnrolmentException;
import org.sluice.controller.http.ApiClient;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.ApiServer;
import org.sluice.controller.http.Faults;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.TestListener;
import org.sluice.controller.pki.AgentAuthentication;
import org.sluice.controller.pki.CertificateAuthority;
import org.sluice.controller.pki.EnrolmentFamily;
import org.sluice.controller.pki.HostEnrolment;
import org.sluice.controller.pki.JoinTokens;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.HostId;
import org.sluice.model.Problem;
import org.sluice.model.protocol.JoinToken;

final class EnrolmentTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    @TempDir
    Path data;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private final InstantSource clock = now::get;
    private final CertificateAuthority authority = CertificateAuthority.open(postgres.database(), clock);
    private final JoinTokens tokens = new JoinTokens(authority, clock, new SecureRandom());
    private ApiServer server = serve(postgres.database(), authority);

    @BeforeEach
    void empty() {
        postgres.database().jdbi().useHandle(handle -> {
            handle.execute("delete from join_token");
            handle.execute("delete from host");
        });
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aHostJoinsAndIsKnownByItsCertificateAfterwards() throws Exception {
        AgentIdentity identity = enroller("one").join(controller(), token(), "compute01");

        assertThat(whoAmI(identity.tls())).isEqualTo(identity.host().toString());
        assertThat(hostNames()).containsExactly("compute01");
    }

    @Test
    void aRestartedAgentIsTheSameHostAndSpendsNoToken() throws Exception {
        AgentIdentity first = enroller("one").join(controller(), token(), "compute01");
        JoinToken unspent = token();
        AgentIdentity second = enroller("one").join(controller(), unspent, "compute01");

        assertThat(second.host()).isEqualTo(first.host());
        assertThat(enroller("one").member()).map(AgentIdentity::host).contains(first.host());
        assertThat(whoAmI(second.tls())).isEqualTo(first.host().toString());
        assertThat(enroller("two").join(controller(), unspent, "compute02").host())
                .isNotEqualTo(first.host());
    }

    @Test
    void onlyTheOwnerCanReadWhatTheAgentKeeps() throws Exception {
        enroller("one").join(controller(), token(), "compute01");

        try (Stream<Path> files = Files.list(data.resolve("one").resolve("agent"))) {
            assertThat(files.toList())
                    .hasSize(5)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void aTokenServesOneHost() throws Exception {
        JoinToken token = token();
        enroller("one").join(controller(), token, "compute01");

        assertThatThrownBy(() -> enroller("two").join(controller(), token, "compute02"))
                .isInstanceOf(EnrolmentException.class)
                .hasMessageContaining("has been spent already");
        assertThat(hostNames()).containsExactly("compute01");
    }

    @Test
    void anAgentThatLostTheAnswerAsksAgainAndGetsTheSameHost() throws Exception {
        JoinToken token = token();
        HostId host = enroller("one").join(controller(), token, "compute01").host();
        Files.delete(data.resolve("one").resolve("agent").resolve("host-id"));
        AgentIdentity again = enroller("one").join(controller(), token, "compute01");

        assertThat(again.host()).isEqualTo(host);
        assertThat(whoAmI(again.tls())).isEqualTo(host.toString());
        assertThat(hostNames()).containsExactly("compute01");
    }

    @Test
    void whoRejoinsTakesThePlaceOfTheMachineBefore() throws Exception {
        JoinToken first = token();
        AgentIdentity lost = enroller("one").join(controller(), first, "compute01");
        AgentIdentity back = enroller("two").join(controller(), token("compute01"), "compute01");

        assertThat(back.host()).isEqualTo(lost.host());
        assertThat(whoAmI(back.tls())).isEqualTo(back.host().toString());
        assertThat(whoAmI(lost.tls())).contains("has rejoined with another key");
        Files.delete(data.resolve("one").resolve("agent").resolve("host-id"));
        assertThatThrownBy(() -> enroller("one").join(controller(), first, "compute01"))
                .isInstanceOf(EnrolmentException.class)
                .hasMessageContaining("has rejoined with another key");
        assertThat(whoAmI(back.tls())).isEqualTo(back.host().toString());
    }

    /** A member with a server and a lease in its books, and a bridge that it made; the host is removed. */
    private AgentIdentity removed() throws Exception {
        AgentIdentity former = enroller("one").join(controller(), token(), "compute01");
        for (String book : List.of("servers", "virtual-functions", "made")) {
            Files.createDirectories(agent().resolve("journal").resolve(book));
            Files.writeString(agent().resolve("journal").resolve(book).resolve("a"), "{}");
        }
        Files.createDirectories(agent().resolve("servers").resolve("a"));
        Files.writeString(agent().resolve("servers").resolve("a").resolve("root.qcow2"), "a disk");
        postgres.database().jdbi().useHandle(handle -> handle.execute("delete from host"));
        return former;
    }

    private Path agent() {
        return data.resolve("one").resolve("agent");
    }

    private void assertJoinedAnew(AgentIdentity former, AgentIdentity now) throws Exception {
        assertThat(now.host()).isNotEqualTo(former.host());
        assertThat(now.certificate().getPublicKey())
                .isNotEqualTo(former.certificate().getPublicKey());
        assertThat(whoAmI(now.tls())).isEqualTo(now.host().toString());
        assertThat(hostNames()).containsExactly("compute01");
        assertThat(enroller("one").member()).map(AgentIdentity::host).contains(now.host());
        Path aside = agent().resolve("removed").resolve(former.host().toString());
        assertThat(aside.resolve("servers").resolve("a")).exists();
        assertThat(aside.resolve("virtual-functions").resolve("a")).exists();
        assertThat(aside.resolve("disks").resolve("a").resolve("root.qcow2"))
                .as("a server that comes again comes with another disk")
                .exists();
        assertThat(agent().resolve("servers")).doesNotExist();
        assertThat(agent().resolve("journal").resolve("servers")).doesNotExist();
        assertThat(agent().resolve("journal").resolve("virtual-functions")).doesNotExist();
        assertThat(agent().resolve("journal").resolve("made").resolve("a"))
                .as("what it made on the host is its own still")
                .exists();
        assertThat(agent().resolve("next")).isEmptyDirectory();
    }

    @Test
    void aRemovedHostJoinsAnewUnderItsNameAndObeysNothingOfBefore() throws Exception {
        AgentIdentity former = removed();
        assertJoinedAnew(former, enroller("one").joinAnew(controller(), token(), "compute01"));
    }

    @Test
    void aRemovedHostThatIsNotLetInIsWhatItWas() throws Exception {
        AgentIdentity former = removed();
        JoinToken spent = token();
        enroller("two").join(controller(), spent, "compute02");
        assertThatThrownBy(() -> enroller("one").joinAnew(controller(), spent, "compute01"))
                .isInstanceOf(EnrolmentException.class)
                .hasMessageContaining("has been spent already");
        JoinToken ofAnyName = token();
        enroller("three").join(controller(), token(), "compute01");
        assertThatThrownBy(() -> enroller("one").joinAnew(controller(), ofAnyName, "compute01"))
                .as("another machine has its name by now")
                .isInstanceOf(EnrolmentException.class)
                .hasMessageContaining("A host named 'compute01' is a member");

        assertThat(enroller("one").member()).map(AgentIdentity::host).contains(former.host());
        assertThat(agent().resolve("journal").resolve("servers").resolve("a")).exists();
        assertThat(agent().resolve("removed")).doesNotExist();
    }

    @Test
    void joiningAnewThatWasCutShortIsGoneOnWith() throws Exception {
        AgentIdentity former = removed();
        // All was granted, and nothing laid aside.
        AgentIdentity granted = enroller("one/agent/next").join(controller(), token(), "compute01");
        Path next = agent().resolve("next");
        try (Stream<Path> files = Files.list(next.resolve("agent"))) {
            for (Path file : files.toList()) {
                Files.move(file, next.resolve(file.getFileName()));
            }
        }
        Files.delete(next.resolve("agent"));
        JoinToken unspent = token();
        AgentIdentity now = enroller("one").joinAnew(controller(), unspent, "compute01");
        assertThat(now.host()).isEqualTo(granted.host());
        assertJoinedAnew(former, now);
        enroller("two").join(controller(), unspent, "compute02");
    }

    @Test
    void anIdentityThatHasYetToTakeItsPlaceDoes() throws Exception {
        AgentIdentity granted = enroller("one").join(controller(), token(), "compute01");
        Path next = Files.createDirectory(agent().resolve("next"));
        for (String file : List.of("public-key.pem", "key.pem", "certificate.pem", "authority.pem", "host-id")) {
            Files.move(agent().resolve(file), next.resolve(file));
        }
        Files.writeString(agent().resolve("key.pem"), "of before");
        AgentIdentity now = enroller("one").member().orElseThrow();
        assertThat(whoAmI(now.tls())).isEqualTo(granted.host().toString());
        assertThat(next).isEmptyDirectory();
    }

    @Test
    void aHostFromBeforeKeysWereKeptIsKnownByTheFirstThatItCallsWith() throws Exception {
        AgentIdentity first = enroller("one").join(controller(), token(), "compute01");
        AgentIdentity second = enroller("two").join(controller(), token("compute01"), "compute01");
        postgres.database().jdbi().useHandle(handle -> handle.execute("update host set key_digest = null"));

        assertThat(whoAmI(second.tls())).isEqualTo(first.host().toString());
        assertThat(whoAmI(first.tls())).contains("has rejoined with another key");
    }

    @Test
    void tokensThatAreLongOverGo() throws Exception {
        AgentIdentity member = enroller("one").join(controller(), token(), "compute01");
        JoinToken unspent = token();
        now.updateAndGet(then -> then.plus(Duration.ofDays(7)));
        JoinToken fresh = token();
        assertThat(swept()).as("for a week it is told that they expired").isZero();
        now.updateAndGet(then -> then.plus(Duration.ofHours(2)));

        assertThat(swept()).isEqualTo(2);

        assertThatThrownBy(() -> enroller("two").join(controller(), unspent, "compute02"))
                .hasMessageContaining("not one of this cluster");
        assertThatThrownBy(() -> enroller("two").join(controller(), fresh, "compute02"))
                .hasMessageContaining("expired at");
        assertThat(whoAmI(member.tls())).isEqualTo(member.host().toString());
    }

    private int swept() {
        return postgres.database().jdbi().withHandle(handle -> tokens.deleteExpired(handle, 100));
    }

    @Test
    void anExpiredTokenIsRefused() {
        JoinToken token = token();
        now.updateAndGet(then -> then.plus(Duration.ofHours(2)));

        assertThatThrownBy(() -> enroller("one").join(controller(), token, "compute01"))
                .isInstanceOf(EnrolmentException.class)
                .hasMessageContaining("expired at");
        assertThat(hostNames()).isEmpty();
    }

    @Test
    void noCommandLineTakesATokenForAnOption() {
        AtomicInteger drawn = new AtomicInteger();
        // Four longs are 32 bytes; the first byte of these, 0xFB, is a hyphen in Base64 for URLs.
        RandomGenerator hyphenFirst = () -> drawn.getAndIncrement() < 4 ? 0xFBL : 1L;
        JoinTokens source = new JoinTokens(authority, clock, hyphenFirst);

        JoinToken issued = postgres.database().jdbi().withHandle(handle -> source.issue(handle, Duration.ofHours(1)));

        assertThat(issued.text()).doesNotStartWith("-");
        assertThat(drawn).hasValue(8);
    }

    @Test
    void anInventedTokenIsRefused() {
        JoinToken invented = new JoinToken("x".repeat(43), authority.fingerprint());

        assertThatThrownBy(() -> enroller("one").join(controller(), invented, "compute01"))
                .isInstanceOf(EnrolmentException.class)
                .hasMessageContaining("not one of this cluster");
    }

    @Test
    void aNameThatIsTakenIsRefusedAndTheTokenStaysGood() throws Exception {
        enroller("one").join(controller(), token(), "compute01");
        JoinToken token = token();

        assertThatThrownBy(() -> enroller("two").join(controller(), token, "compute01"))
                .isInstanceOf(EnrolmentException.class)
                .hasMessageContaining("A host named 'compute01' is a member of this cluster already");
        enroller("two").join(controller(), token, "compute02");
        assertThat(hostNames()).containsExactlyInAnyOrder("compute01", "compute02");
    }

    @Test
    void aNameThatIsNoHostNameIsRefused() {
        assertThatThrownBy(() -> enroller("one").join(controller(), token(), "no such name"))
                .isInstanceOf(EnrolmentException.class)
                .hasMessageContaining("'hostname' must be a host name");
    }

    @Test
    void twoAgentsWithOneTokenAreOneHostAndOneRefusal() throws Exception {
        JoinToken token = token();
        List<Thread> agents = Stream.of("one", "two")
                .map(name -> Thread.startVirtualThread(() -> {
                    try {
                        enroller(name).join(controller(), token, name);
                    } catch (EnrolmentException | IOException | InterruptedException refused) {
                        assertThat(refused).hasMessageContaining("spent");
                    }
                }))
                .toList();
        for (Thread agent : agents) {
            agent.join();
        }

        assertThat(hostNames()).hasSize(1);
    }

    @Test
    void aServerOfAnotherClusterNeverSeesTheSecret() {
        JoinToken ofAnotherCluster = new JoinToken(token().secret(), "0".repeat(64));

        assertThatThrownBy(() -> enroller("one").join(controller(), ofAnotherCluster, "compute01"))
                .isInstanceOf(EnrolmentException.class)
                .hasMessageContaining("nothing was sent")
                .hasMessageContaining("not of the cluster that the join token is for");
        assertThat(hostNames()).isEmpty();
    }

    @Test
    void aMemberTrustsNoControllerOfAnotherCluster() throws Exception {
        AgentIdentity identity = enroller("one").join(controller(), token(), "compute01");
        server.close();
        postgres.database().jdbi().useHandle(handle -> handle.execute("delete from certificate_authority"));
        CertificateAuthority another = CertificateAuthority.open(postgres.database(), clock);
        server = serve(postgres.database(), another);

        assertThatThrownBy(() -> whoAmI(identity.tls())).hasCauseInstanceOf(SSLException.class);
    }

    @Test
    void withoutACertificateTheAgentsApiIsClosed() throws Exception {
        SSLContext nobody = SSLContext.getInstance("TLSv1.3");
        nobody.init(null, new javax.net.ssl.TrustManager[] {new TrustEveryone()}, null);

        try (ApiClient client = client(nobody)) {
            ApiClient.Answer answer = client.send("GET", "/agent/v1/whoami", Map.of());
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.text()).contains("needs the client certificate that a host gets by enrolling");
        }
    }

    @Test
    void malformedEnrolmentsAreRefusedByName() throws Exception {
        SSLContext nobody = SSLContext.getInstance("TLSv1.3");
        nobody.init(null, new javax.net.ssl.TrustManager[] {new TrustEveryone()}, null);
        Map<String, String> named = Map.of(
                "{}", "'hostname'",
                "{\"hostname\":\"a\"}", "'certificateRequestPem' of body is required",
                "{\"hostname\":\"a\",\"certificateRequestPem\":\"nonsense\"}", "'secret' of body is required",
                "{\"hostname\":\"a\",\"certificateRequestPem\":\"nonsense\",\"secret\":\"s\"}",
                        "must be a PKCS #10 request",
                "{\"hostname\":\"a\",\"certificateRequestPem\":\"nonsense\",\"secret\":\"s\",\"colour\":1}",
                        "'colour' of body is not known",
                "{", "Malformed JSON");

        try (ApiClient client = client(nobody)) {
            named.forEach((body, sentence) -> {
                ApiClient.Answer answer = client.send("POST", "/agent/v1/enrol", Map.of(), body);
                assertThat(answer.status()).isEqualTo(400);
                assertThat(answer.json().at("/error/message").asString()).contains(sentence);
            });
        }
    }

    @Test
    void controllersThatStartTogetherAgreeOnOneAuthority() throws InterruptedException {
        postgres.database().jdbi().useHandle(handle -> handle.execute("delete from certificate_authority"));
        List<String> fingerprints = new java.util.concurrent.CopyOnWriteArrayList<>();
        try (Database another = postgres.another()) {
            List<Thread> controllers = Stream.of(postgres.database(), another)
                    .map(database -> Thread.startVirtualThread(() -> fingerprints.add(
                            CertificateAuthority.open(database, clock).fingerprint())))
                    .toList();
            for (Thread controller : controllers) {
                controller.join();
            }
        }
        assertThat(fingerprints).hasSize(2);
        assertThat(fingerprints.getFirst()).isEqualTo(fingerprints.getLast());
    }

    private JoinToken token() {
        JoinToken issued = postgres.database().jdbi().withHandle(handle -> tokens.issue(handle, Duration.ofHours(1)));
        return JoinToken.parse(issued.text());
    }

    private JoinToken token(String host) {
        return postgres.database()
                .jdbi()
                .withHandle(handle -> tokens.issue(handle, Duration.ofHours(1), Optional.of(host)));
    }

    private Enroller enroller(String host) {
        return new Enroller(data.resolve(host));
    }

    private URI controller() {
        return URI.create("https://127.0.0.1:" + server.address().getPort());
    }

    private ApiClient client(SSLContext tls) {
        return new ApiClient(
                HttpClient.newBuilder().sslContext(tls).build(), controller().toString());
    }

    private String whoAmI(SSLContext tls) {
        try (ApiClient client = client(tls)) {
            return client.send("GET", "/agent/v1/whoami", Map.of()).text();
        }
    }

    private List<String> hostNames() {
        return postgres.database()
                .jdbi()
                .withHandle(handle -> handle.createQuery("select name from host")
                        .mapTo(String.class)
                        .list());
    }

    private ApiServer serve(Database database, CertificateAuthority authority) {
        return TestListener.start(
                Optional.of(authority.serverTls()),
                token -> {
                    throw new IllegalStateException("agents have no tokens");
                },
                List.of(
                        new EnrolmentFamily(new HostEnrolment(
                                database, authority, new JoinTokens(authority, clock, new SecureRandom()), clock)),
                        new WhoAmI(new AgentAuthentication(database))));
    }

    private static final class WhoAmI implements ApiFamily {
        private final AgentAuthentication authentication;

        WhoAmI(AgentAuthentication authentication) {
            this.authentication = authentication;
        }

        @Override
        public String mount() {
            return "/agent/v1";
        }

        @Override
        public void routes(Routes routes) {
            routes.certified(
                    "GET",
                    "/whoami",
                    authentication,
                    exchange -> new Reply(
                            200,
                            Map.of(),
                            new Reply.Body.Text("text/plain", exchange.host().toString())));
        }

        @Override
        public Faults faults() {
            return (Problem problem) -> Reply.json(problem.kind().status(), Map.of("message", problem.text()));
        }
    }
}
