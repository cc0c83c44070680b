package org.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.cli.settings.Settings;
import org.sluice.controller.store.EmbeddedPostgres;

/** What settings, policy file and certificate do to a start. */
final class SettingsAtStartTest {
    @TempDir
    Path parent;

    private Path data() {
        return parent.resolve("cloud");
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(parent.resolve(name), text);
    }

    private SluiceProcess.Result up(String option, Path file) throws Exception {
        return SluiceProcess.run(
                "up",
                "--data",
                data().toString(),
                "--listen",
                "127.0.0.1:0",
                "--hosts",
                "simulated:0",
                option,
                file.toString());
    }

    /** What a start says that ends before anything is started. */
    private String refusal(String option, Path file) throws Exception {
        SluiceProcess.Result refused = up(option, file);
        assertThat(refused.code()).isEqualTo(2);
        assertThat(data().resolve("postgres")).doesNotExist();
        return refused.output();
    }

    @AfterEach
    void noDatabaseIsLeft() throws Exception {
        EmbeddedPostgres.stopLeftover(data().resolve("postgres"));
    }

    @Test
    void anUnknownKeyStopsTheStartWithTheNearestOne() throws Exception {
        assertThat(refusal("--config", file("sluice.yaml", "limits:\n  idel-time: 5m\n")))
                .contains(
                        "There is no setting 'limits.idel-time'",
                        "sluice.yaml:2",
                        "the nearest one is 'limits.idle-time'");
    }

    @Test
    void aSettingOfAnotherProgramStopsTheStart() throws Exception {
        assertThat(refusal("--config", file("sluice.yaml", "agent:\n  name: node7\n")))
                .contains("agent.name (", "sluice.yaml:2", "'sluice up' does not take it");
    }

    @Test
    void aLimitThatWouldFillTheHeapStopsTheStart() throws Exception {
        assertThat(refusal("--config", file("sluice.yaml", "limits:\n  bodies: 1TiB\n")))
                .contains("limits.bodies (", "sluice.yaml:2", "is '1TiB' and must be less");
    }

    @Test
    void aTakenPortForMetricsStopsTheStartBeforeAnythingIsStarted() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            SluiceProcess.Result refused = SluiceProcess.run(
                    "up",
                    "--data",
                    data().toString(),
                    "--listen",
                    "127.0.0.1:0",
                    "--hosts",
                    "simulated:0",
                    "--metrics-listen",
                    "127.0.0.1:" + taken.getLocalPort());
            assertThat(refused.code()).isNotZero();
            assertThat(refused.output())
                    .contains("Sluice cannot listen on 127.0.0.1:" + taken.getLocalPort(), "--metrics-listen");
        }
        assertThat(data().resolve("postgres")).doesNotExist();
    }

    @Test
    void anUnknownRuleStopsTheStartWithTheNearestOneBeforeAnythingIsStarted() throws Exception {
        Path policy = file("policy.yaml", "# Ours\n\"create_prot\": \"role:admin\"\n");
        assertThat(refusal("--policy", policy))
                .contains(
                        "The policy file " + policy + ", line 2: There is no policy rule 'create_prot'",
                        "the nearest one is 'create_port'");
    }

    @Test
    void anAttributeThatAListDoesNotHaveStopsTheStart() throws Exception {
        assertThat(refusal("--policy", file("policy.yaml", "\"get_network\": \"field:networks:name=ours\"\n")))
                .contains("line 1: The policy rule 'get_network'", "the attribute 'name'", "router:external");
    }

    @Test
    void whatIsInForceIsShownWithWhereItComesFrom() throws Exception {
        Path settings =
                file("sluice.yaml", "listen: 127.0.0.1:1234\ndatabase:\n  url: postgresql://sluice:hush@db/sluice\n");
        SluiceProcess.Result shown = SluiceProcess.run(
                "config",
                "show",
                "--data",
                data().toString(),
                "--config",
                settings.toString(),
                "--largest-image",
                "1GiB");
        assertThat(shown.code()).as(shown.output()).isZero();
        assertThat(shown.output())
                .containsPattern("listen +127.0.0.1:1234 +.*sluice.yaml:1")
                .containsPattern("images.largest +1GiB +--largest-image")
                .containsPattern("limits.idle-time +60s +default +up, controller")
                .containsPattern("data +" + data() + " +--data +up, controller, agent")
                .containsPattern("agent-listen +127.0.0.1:1235 +default: the next port")
                .containsPattern("limits.connections +[0-9]+ +default: by the size of the heap")
                .containsPattern("limits.bodies +[0-9]+[KM]iB +default: an eighth of the heap")
                .containsPattern("agent.name +" + AgentCommand.machineName() + " +default: the machine's own +agent")
                .containsPattern("metrics-listen +nowhere +default")
                .containsPattern("database.url +\\*{8} +.*sluice.yaml:3")
                .doesNotContain("hush");
    }

    @Test
    void aFileFoundInADataDirectoryNamesNoneEvenIfAFlagDoes() throws Exception {
        Files.createDirectory(data());
        Path found = Files.writeString(data().resolve("sluice.yaml"), "data: " + parent.resolve("other") + "\n");
        SluiceProcess.Result refused = SluiceProcess.run("config", "show", "--data", data().toString());
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.output()).startsWith("sluice: The settings file " + found + " cannot name a data directory");
    }

    @Test
    void filesThatAreNamedAreLookedAt() throws Exception {
        Path certificate = parent.resolve("missing.pem");
        Path policy = file("policy.yaml", "create_prot: '!'\n");
        SluiceProcess.Result shown = SluiceProcess.run(
                "config",
                "show",
                "--data",
                data().toString(),
                "--tls-cert",
                certificate.toString(),
                "--tls-key",
                file("key.pem", "").toString(),
                "--policy",
                policy.toString(),
                "--join",
                "@" + parent.resolve("token"));
        assertThat(shown.code()).isEqualTo(2);
        assertThat(shown.output())
                .containsPattern("tls.cert +" + certificate + " +--tls-cert")
                .contains(
                        "sluice: The TLS certificate " + certificate + " cannot be read: there is no such file.",
                        "sluice: The policy file " + policy + ", line 1: There is no policy rule 'create_prot'",
                        "sluice: The file " + parent.resolve("token")
                                + " that agent.join names cannot be read: there is no such file.");
    }

    @Test
    void whatARunningCloudWasStartedWithIsShown() throws Exception {
        Files.createDirectory(data());
        Path settings = Files.writeString(data().resolve("sluice.yaml"), "rates:\n  caller: 77\n  address: 4321\n");
        try (SluiceProcess up = SluiceProcess.start(
                "up",
                "--data",
                data().toString(),
                "--listen",
                "127.0.0.1:0",
                "--hosts",
                "simulated:0",
                "--largest-image",
                "3GiB")) {
            up.awaitLine("ready  ");
            Files.writeString(settings, "rates:\n  caller: 78\nimages:\n  uploads: 5\n");
            String running = " of process " + up.handle().pid() + ", which runs";
            SluiceProcess.Result shown = SluiceProcess.run("config", "show", "--data", data().toString());
            assertThat(shown.code()).as(shown.output()).isZero();
            assertThat(shown.output())
                    .containsPattern("images.largest +3GiB +--largest-image" + running + " +up")
                    .containsPattern("listen +127.0.0.1:0 +--listen" + running + " +up")
                    .containsPattern("rates.caller +77 +" + settings + ":2" + running + "; next start: 78, " + settings
                            + ":2 +up")
                    .containsPattern("rates.address +4321 +" + settings + ":3" + running + "; next start: 4000 +up")
                    .containsPattern("images.uploads +32 +default; next start: 5, " + settings + ":4 +up")
                    .containsPattern("limits.idle-time +60s +default +up, controller");
            assertThat(Files.readString(data().resolve("up.log")))
                    .contains("starts on " + data(), "is ready: APIs on http://127.0.0.1:", ", agents on https://");
            assertThat(Files.readString(data().resolve("sluice.log")))
                    .contains("serves from " + data() + ": APIs on http://127.0.0.1:", ", agents on ");
        }
        assertThat(SluiceProcess.run("config", "show", "--data", data().toString())
                        .output())
                .containsPattern("images.largest +64GiB +default +up")
                .containsPattern("rates.caller +78 +" + settings + ":2 +up");
    }

    @Test
    void whatARunningProgramOfAnotherVersionLeftIsShownByItsHeapAndAsFarAsItIsKnown() throws Exception {
        DataDirectory data = new DataDirectory(data());
        try (DataDirectory.Lock _ = data.hold()) {
            DataDirectory.writeSecret(data.startedWith(), """
                    {"by": {"id": %d, "started": "%s"}, "heapBytes": 1073741824, "given": {
                        "rates.caller": {"texts": ["77"], "source": "ours.yaml:1"},
                        "rates.no-more": {"texts": ["1"], "source": "ours.yaml:2"}}}
                    """.formatted(
                            data.holder().orElseThrow().id(),
                            data.holder().orElseThrow().started()));
            SluiceProcess.Result shown = SluiceProcess.run("config", "show", "--data", data().toString());
            assertThat(shown.code()).as(shown.output()).isZero();
            assertThat(shown.output())
                    .containsPattern("limits.bodies +128MiB +default: an eighth of the heap")
                    .containsPattern("rates.caller +77 +ours.yaml:1 of process ")
                    .doesNotContain("no-more");
        }
    }

    @Test
    void theRulesOfTheNextStartAreListedWhereNoCloudRuns() throws Exception {
        Path policy = file("policy.yaml", "create_port: rule:admin\n");
        SluiceProcess.Result listed = SluiceProcess.run(
                "policy", "list", "--data", data().toString(), "--overridden", "--policy", policy.toString());
        assertThat(listed.code()).as(listed.output()).isZero();
        assertThat(listed.output())
                .containsPattern("create_port +rule:admin +rule:project_member +Create ports.")
                .hasLineCount(2);
        assertThat(SluiceProcess.run("policy", "list", "--data", data().toString())
                        .output())
                .contains(
                        "No cloud answers; these are the rules that the next start would have: no policy file was read,"
                                + " since no settings file names one;")
                .containsPattern("create_port +rule:project_member +- +Create ports.");
        SluiceProcess.Result refused = SluiceProcess.run(
                "policy",
                "list",
                "--data",
                data().toString(),
                "--policy",
                file("other.yaml", "\ncreate_prot: rule:admin\n").toString());
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.output()).contains("other.yaml, line 2: There is no policy rule 'create_prot'");
    }

    @Test
    void theRulesOfTheNextStartAreThoseOfTheFileThatItsSettingsName() throws Exception {
        Path policy = file("policy.yaml", "create_port: rule:admin\n");
        Path settings = file("ours.yaml", "policy-file: " + policy + "\n");
        String where = "the policy file " + policy + " was read, which ";
        assertThat(SluiceProcess.run("policy", "list", "--data", data().toString(), "--config", settings.toString())
                        .output())
                .contains(where + "stands in " + settings + ":1.")
                .containsPattern("create_port +rule:admin +rule:project_member");

        DataDirectory last = new DataDirectory(Files.createDirectory(data()));
        Settings told = Settings.read(Map.of(), Map.of(), Optional.of(settings));
        Started.leave(last, told);
        assertThat(SluiceProcess.run("policy", "list", "--data", data().toString())
                        .output())
                .contains(where + "the last start had from " + settings + ":1.")
                .containsPattern("create_port +rule:admin +rule:project_member");
    }

    @Test
    void aCloudElsewhereThatDoesNotAnswerHasNoRulesToShow() throws Exception {
        try (SluiceProcess list = SluiceProcess.startUnder(
                List.of(
                        "env",
                        "OS_AUTH_URL=http://127.0.0.1:1/identity/v3",
                        "OS_USERNAME=admin",
                        "OS_PASSWORD=secret",
                        "OS_PROJECT_NAME=admin"),
                "policy",
                "list",
                "--data",
                data().toString())) {
            SluiceProcess.Result refused = list.end();
            assertThat(refused.code()).isEqualTo(2);
            assertThat(refused.output())
                    .startsWith("sluice: The cloud at http://127.0.0.1:1 does not answer: ")
                    .doesNotContain("create_port");
        }
    }

    @Test
    void aCloudWithACertificateSpeaksTlsAndItsOwnCommandsTrustIt() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair keys = generator.generateKeyPair();
        Path certificate = file("cert.pem", certificate(keys));
        Path key = file("key.pem", pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
        int metrics;
        try (java.net.ServerSocket free = new java.net.ServerSocket(0)) {
            metrics = free.getLocalPort();
        }
        try (SluiceProcess up = SluiceProcess.start(
                "up",
                "--data",
                data().toString(),
                "--listen",
                "127.0.0.1:0",
                "--hosts",
                "simulated:1",
                "--tls-cert",
                certificate.toString(),
                "--tls-key",
                key.toString(),
                "--metrics-listen",
                "127.0.0.1:" + metrics)) {
            up.awaitLine("ready  https://127.0.0.1:");
            assertThat(java.net.http.HttpClient.newHttpClient()
                            .send(
                                    java.net.http.HttpRequest.newBuilder(
                                                    java.net.URI.create("http://127.0.0.1:" + metrics + "/metrics"))
                                            .build(),
                                    java.net.http.HttpResponse.BodyHandlers.ofString())
                            .body())
                    .contains("sluice_agents{state=\"up\"} 1.0", "sluice_tls_current 1.0");
            assertThat(Files.readString(data().resolve("openrc"))).contains("OS_AUTH_URL=https://", "OS_CACERT=");
            SluiceProcess.Result hosts = SluiceProcess.run("fleet", "hosts", "--data", data().toString());
            assertThat(hosts.output()).contains("sim-000");
            assertThat(SluiceProcess.run("down", "--data", data().toString()).code())
                    .isZero();
        }
    }

    private static String certificate(KeyPair keys) throws Exception {
        X500Name name = new X500Name("CN=127.0.0.1");
        var builder = new JcaX509v3CertificateBuilder(
                name,
                new BigInteger(64, new SecureRandom()),
                Date.from(Instant.now().minusSeconds(60)),
                Date.from(Instant.now().plusSeconds(3_600)),
                name,
                keys.getPublic());
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
        return pem(
                "CERTIFICATE",
                builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
                        .getEncoded());
    }

    private static String pem(String what, byte[] der) {
        return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + what
                + "-----\n";
    }
}
