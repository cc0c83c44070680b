package org.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.controller.agents.TestFleet;
import org.sluice.controller.compute.ComputeFamily;
import org.sluice.controller.fleet.FleetApi;
import org.sluice.controller.fleet.SluiceFamily;
import org.sluice.controller.fleet.refusal.RefusalRoutes;
import org.sluice.controller.http.ApiServer;
import org.sluice.controller.http.TestListener;
import org.sluice.controller.identity.IdentityFamily;
import org.sluice.controller.identity.bootstrap.IdentityBootstrap;
import org.sluice.controller.identity.password.PasswordChecks;
import org.sluice.controller.identity.password.Passwords;
import org.sluice.controller.identity.token.Tokens;
import org.sluice.controller.observation.audit.AuditRoutes;
import org.sluice.controller.operation.Operations;
import org.sluice.controller.pki.CertificateAuthority;
import org.sluice.controller.pki.JoinTokens;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.store.TestDatabase;
import org.sluice.controller.store.Transactions;
import org.sluice.model.HostId;
import org.sluice.model.ServerId;
import org.sluice.model.VnicType;
import org.sluice.model.protocol.DriverRefusal;
import org.sluice.model.protocol.JoinToken;
import org.sluice.model.qualification.Baseline;
import org.sluice.model.qualification.BaselineFigure;
import org.sluice.model.qualification.CardClass;
import org.sluice.model.qualification.MeasuredFigure;
import org.sluice.model.qualification.QualificationPolicy;
import org.sluice.model.qualification.QualificationSummary;
import org.sluice.model.qualification.QualificationVerdict;
import picocli.CommandLine;

/** The operator's commands against a listener with identity and /sluice/v1, as an operator types them. */
class OperatorCommandsTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    @TempDir
    Path data = Path.of("");

    private static final CardClass CARDS = CardClass.parse("8086:10c9:igb:1000:short");

    private final TestFleet fleet = new TestFleet(postgres.database());
    private final List<ApiServer> servers = new ArrayList<>();
    private String base = "";
    private int vlan;

    @BeforeEach
    void aCloud() throws Exception {
        assumeTrue(System.getenv("OS_AUTH_URL") == null, "the environment names a cloud, which the commands would use");
        fleet.clear();
        SecureRandom random = new SecureRandom();
        InstantSource clock = InstantSource.system();
        Passwords passwords = new Passwords(random);
        Tokens tokens = new Tokens(postgres.database(), clock, random, Tokens.USUAL_LIFE);
        new IdentityBootstrap(postgres.database(), passwords).run("secret", "secret");
        JoinTokens joinTokens = new JoinTokens(CertificateAuthority.open(postgres.database(), clock), clock, random);
        ApiServer server = TestListener.start(
                Optional.empty(),
                token -> token.equals("member") ? TestFleet.CALLER : verify(tokens, token),
                List.of(
                        new IdentityFamily(
                                postgres.database(),
                                tokens,
                                new PasswordChecks(passwords, clock, PasswordChecks.LockOut.USUAL)),
                        new ComputeFamily(
                                postgres.database(),
                                fleet.serverPorts,
                                fleet.scheduling,
                                new Operations(fleet.scheduling),
                                (_, _, _, _) -> Optional.empty(),
                                clock,
                                random),
                        new SluiceFamily(
                                postgres.database(),
                                new TestFleet(postgres.database()).scheduling,
                                joinTokens,
                                clock,
                                List.of(
                                        new AuditRoutes(new Transactions(
                                                postgres.database().jdbi())),
                                        new RefusalRoutes(
                                                new Transactions(
                                                        postgres.database().jdbi()),
                                                this::refusals)))));
        servers.add(server);
        base = "http://127.0.0.1:" + server.address().getPort();
        new Credentials("secret")
                .write(
                        new DataDirectory(data),
                        new Credentials.Entrance(base + "/identity/v3", Optional.empty()),
                        true);
    }

    private static Caller verify(Tokens tokens, String token) {
        return tokens.verify(token);
    }

    private final List<DriverRefusal> refusals = new ArrayList<>(List.of(new DriverRefusal(
            "igb-1",
            "8086",
            "10c9",
            "igb",
            "",
            "3.25",
            "legacy",
            "state",
            "EOPNOTSUPP",
            Instant.EPOCH,
            Duration.ofDays(2).toSeconds(),
            Duration.ofDays(28).toSeconds())));

    @AfterEach
    void stop() {
        servers.forEach(ApiServer::close);
    }

    @Test
    void hostsCardsAndNetworksAreShownAndSaid() {
        fleet.host("node0", 2);

        assertThat(run(
                        "fleet",
                        "network",
                        "sriovnet9",
                        "--mtu",
                        "9000",
                        "--vlan-range",
                        "1:10",
                        "--vlan-range",
                        "20:30"))
                .isEqualTo("Physical network sriovnet9 has an MTU of 9000 and VLAN ranges 1:10, 20:30.");
        assertThat(run("fleet", "networks")).contains("sriovnet9", "1:10, 20:30", "physnet0");
        assertThat(run("fleet", "map", "node0", "ens1f0", "sriovnet9")).isEqualTo("ens1f0 of node0 is on sriovnet9.");
        assertThat(run("fleet", "uplink", "node0", "sriovnet9", "eth1"))
                .isEqualTo("Bridges of node0 reach sriovnet9 through eth1.");
        assertThat(run("fleet", "host", "node0"))
                .contains("interfaces: phys0, eth1", "uplink to sriovnet9: eth1", "8086:10c9", "0/2", "serial-node0");
        assertThat(run("fleet", "hosts")).contains("node0", "nova", "up", " s ago", "0/64", "0/2");
        assertThat(run("fleet", "map", "node0", "ens1f0")).isEqualTo("ens1f0 of node0 is on no physical network.");
    }

    @Test
    void whatDriversRefusedIsShownAndForgotten() {
        fleet.host("node0", 2);

        assertThat(run("fleet", "refusals", "node0"))
                .containsPattern("igb-1 .*8086:10c9 .*igb .*3.25 .*legacy .*state .*EOPNOTSUPP .*2 d .*28 d");
        assertThat(run("fleet", "forget-refusals", "node0", "--card", "ice-1"))
                .contains("Host 'node0' knows of no refusal of cards 'ice-1'", "sluice fleet refusals node0");
        assertThat(run("fleet", "forget-refusals", "node0", "--card", "igb-1"))
                .isEqualTo("node0 forgot 1 refusals; its drivers are asked again.");
        assertThat(run("fleet", "refusals", "node0")).isEqualTo("node0 knows of nothing that its drivers refused.");
        assertThat(run("fleet", "refusals", "node9")).contains("There is no host 'node9'.");
    }

    /** As its agent would answer. */
    private Optional<List<DriverRefusal>> refusals(
            HostId host, boolean forgets, Optional<String> card, Duration limit) {
        List<DriverRefusal> asked = refusals.stream()
                .filter(refusal -> card.isEmpty() || card.get().equals(refusal.key()))
                .toList();
        if (forgets) {
            refusals.removeAll(asked);
        }
        return Optional.of(asked);
    }

    @Test
    void aHostIsDrainedAndSaidToBeDown() {
        HostId home = fleet.host("node0", 2);
        assertThat(run("fleet", "drain", "node0"))
                .isEqualTo("No server is on node0, and no new one comes: sluice fleet remove node0");
        postgres.database().jdbi().useHandle(handle -> handle.execute("update host set enabled = true"));
        String server = fleet.boot(fleet.port(fleet.network(TestFleet.VF_NETWORK, 2401), VnicType.DIRECT))
                .server()
                .toString();

        assertThat(run("fleet", "drain", "node0", "--reason", "The fan is loud."))
                .contains(server, "vm00", "BUILD", "no: It is BUILD, and servers move when they are ACTIVE or SHUTOFF.")
                .contains("Of the 1 on it 0 would move to other hosts now");
        assertThat(run("fleet", "host", "node0")).contains("up, disabled", "disabled: The fan is loud.");
        fleet.report(home, fleet.running(home, ServerId.parse(server)));
        assertThat(run("fleet", "drain", "node0")).contains(server, "ACTIVE", "no: There is no other host.");
        fleet.host("node1", 2);
        assertThat(run("fleet", "drain", "node0"))
                .containsPattern(server + " .* 1 +yes")
                .contains("Of the 1 on it 1 would move to other hosts now");

        postgres.database()
                .jdbi()
                .useHandle(handle ->
                        handle.execute("update host set forced_down_at = '2026-11-30T02:00:00Z' where name = 'node0'"));
        assertThat(run("fleet", "host", "node0"))
                .contains("down (declared), disabled", "down: It was declared down at 2026-11-30T02:00:00");
        assertThat(run("fleet", "hosts")).contains("down (declared), disabled");
        assertThat(run("fleet", "drain", "node0"))
                .contains("no: The host is down, and nothing moves from it.", "openstack server evacuate " + server)
                .contains("Of the 1 on it 0 would move");
        assertThat(run("explain", server))
                .contains("is ACTIVE on node0", "its host is down: It was declared down at 2026-11-30T02:00:00");
        assertThat(run("fleet", "drain", "node9")).isEqualTo("sluice: There is no host 'node9'.");
    }

    @Test
    void aHostIsDrainedOfItsServersAndSaysWhichStayAndWhy() throws Exception {
        HostId home = fleet.host("node0", 3);
        String goes = booted(home);
        String stays = booted(home);
        HostId other = fleet.host("node1", 1);
        AtomicBoolean isOver = new AtomicBoolean();
        Thread hosts = Thread.ofVirtual().start(() -> theHostsDoTheirPart(isOver, home, other));
        try {
            assertThat(run("fleet", "drain", "--move", "node0"))
                    .contains("Server " + goes + " (vm00) is on its way.")
                    .contains("Server " + goes + " (vm00) runs on another host, and is confirmed.")
                    .contains(stays + " (vm00) ")
                    .contains("No new server comes to node0; 1 could not move.");
            assertThat(fleet.text(
                            "select h.name from server s join host h on h.id = s.host_id where s.id = cast(? as uuid)",
                            goes))
                    .contains("node1");
            assertThat(run("fleet", "drain", "--move", "node0"))
                    .as("asked again it has nothing to do but to say so")
                    .doesNotContain("on its way")
                    .contains("1 could not move.");
        } finally {
            isOver.set(true);
            hosts.join();
        }
    }

    private String booted(HostId home) {
        TestFleet.Boot boot =
                fleet.boot(fleet.port(fleet.network(TestFleet.VF_NETWORK, 2400 + vlan++), VnicType.DIRECT));
        assertThat(boot.isPlaced()).isTrue();
        fleet.report(home, fleet.running(home, boot.server()));
        return boot.server().toString();
    }

    /** What their agents would do: bring copies, end and start guests, and give up what is to go. */
    private void theHostsDoTheirPart(AtomicBoolean isOver, HostId... hosts) {
        while (!isOver.get()) {
            for (HostId host : hosts) {
                fleet.obey(host);
            }
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }

    @Test
    void whoChangedWhatIsShown() {
        postgres.database().jdbi().useHandle(handle -> handle.execute("""
                insert into audit_event (request_id, user_name, peer, action, operation, resource_type, resource_id, before, after)
                values ('req-1', 'alice', '192.0.2.7', 'PUT /network/v2.0/ports/{id}', 'update', 'port', 'p1',
                        '{"name": "old"}', '{"name": "new"}')"""));

        assertThat(run("audit", "--user", "alice"))
                .contains("alice", "192.0.2.7", "update", "port", "p1", "name", "req-1")
                .doesNotContain("old");
        assertThat(run("audit", "--id", "p1", "--json")).contains("{\"name\":\"old\"}", "{\"name\":\"new\"}");
        assertThat(run("audit", "--user", "nobody"))
                .contains("sluice: The query parameter 'user' must be a user by name or id (the nearest is '");
        assertThat(run("audit", "--resource", "user", "--operation", "delete")).doesNotContain("alice");
        assertThat(run("audit", "--operation", "update", "--outcome", "done")).contains("alice");
        assertThat(run("audit", "--outcome", "refused")).doesNotContain("alice");

        postgres.database().jdbi().useHandle(handle -> handle.execute("""
                insert into audit_event (outcome, status, request_id, user_name, action, operation, resource_type, resource_id)
                values ('refused', 409, 'req-2', 'bob', 'DELETE /sluice/v1/hosts/{id}', 'delete', 'host', 'h1')"""));
        assertThat(run("audit", "--user", "bob")).contains("refused 409 delete");
        assertThat(run("audit", "--since", "yesterday")).startsWith("sluice: ").contains("since", "yesterday");
    }

    @Test
    void aMappingThatLeasesStandOnStays() {
        fleet.host("node0", 2);
        TestFleet.Boot boot = fleet.boot(fleet.port(fleet.network(TestFleet.VF_NETWORK, 2401), VnicType.DIRECT));

        assertThat(run("fleet", "map", "node0", "ens1f0", "physnet0"))
                .isEqualTo("sluice: 1 virtual functions of ens1f0 of node0 are leased, so it stays on sriovnet0."
                        + " Delete the servers that have them first.");
        assertThat(run("fleet", "leases"))
                .contains("0000:01:10.0", "vm00", "BUILD")
                .hasLineCount(3);
        assertThat(run("fleet", "leases", "--host", "node0")).hasLineCount(3);
        assertThat(run("fleet", "leases", "--host", "node9")).isEqualTo("sluice: There is no host 'node9'.");
        assertThat(run("explain", "vm00"))
                .contains(
                        "vm00 (" + boot.server() + ") is BUILD (spawning) on node0, zone nova",
                        "claim: 1 processors, 1024 MiB of memory, 1 GiB of disk",
                        "lease: VF 0 of ens1f0 on node0, 0000:01:10.0, generation 1, port ",
                        "node0                chosen");
    }

    @Test
    void aServerThatIsNowhereIsExplained() {
        fleet.host("node0", 0);
        fleet.boot(fleet.port(fleet.network(TestFleet.VF_NETWORK, 2401), VnicType.DIRECT));

        assertThat(run("explain", "vm00"))
                .contains(
                        "is BUILD, on no host",
                        "claim (not held)",
                        "node0                refused",
                        "PciPassthroughFilter: The physical functions on sriovnet0 have no virtual functions.");
        assertThat(run("explain", "vm01")).isEqualTo("sluice: There is no server 'vm01'.");
    }

    @Test
    void mistakesAreNamed() {
        fleet.host("node0", 1);

        assertThat(run("fleet", "host", "node9")).isEqualTo("sluice: There is no host 'node9'.");
        assertThat(run("fleet", "map", "node0", "ens9", "sriovnet0"))
                .isEqualTo("sluice: Host node0 has no physical function 'ens9'. See what it has with: sluice fleet host"
                        + " node0");
        assertThat(run("fleet", "map", "node0", "ens1f0", "net9"))
                .isEqualTo("sluice: There is no physical network 'net9'. Make it with: sluice fleet network net9");
        assertThat(run("fleet", "uplink", "node0", "physnet0", "eth7"))
                .contains("Host node0 reports no interface 'eth7'");
        assertThat(run("fleet", "network", "n", "--vlan-range", "10:4095"))
                .isEqualTo("sluice: VLAN range 10:4095 is not a range of VLAN ids. Give 1 <= first <= last <= 4094.");
        assertThat(run("fleet", "network", "n", "--vlan-range", "1:10", "--vlan-range", "5:20"))
                .isEqualTo("sluice: VLAN ranges 1:10 and 5:20 overlap.");
        assertThat(run("fleet", "network", "n", "--vlan-range", "ten"))
                .isEqualTo("sluice: --vlan-range is 'ten' and must be FIRST:LAST.");
        assertThat(run("fleet", "network", "n", "--mtu", "12")).contains("Member 'mtu' is 12 and must be 68 to 65535.");
        assertThat(fleet.count("select count(*) from physical_network where name = 'n'"))
                .isZero();
    }

    @Test
    void whoIsNotLetInIsToldWhereThePasswordStandsAndWhatHelps() throws Exception {
        DataDirectory directory = new DataDirectory(data);
        new Credentials("wrong")
                .write(directory, new Credentials.Entrance(base + "/identity/v3", Optional.empty()), true);
        assertThat(run("fleet", "hosts"))
                .startsWith(
                        "sluice: The cloud at " + base + " does not let the user admin into the project admin with the"
                                + " password in " + directory.openrc() + ": ")
                .endsWith("with: sluice admin-password --data " + data);

        new Credentials("wrong")
                .write(directory, new Credentials.Entrance(base + "/identity/v3", Optional.empty()), false);
        assertThat(run("fleet", "hosts"))
                .startsWith("sluice: There is no OS_PASSWORD in " + directory.openrc())
                .endsWith("with: sluice admin-password --data " + data);
    }

    @Test
    void qualificationIsAskedForShownAndExplained() throws Exception {
        FleetApi.forgetQualification(postgres);
        fleet.host("node0", 2);
        Qualifications qualifications =
                new Qualifications(new CloudClient(Login.find(Map.of(), new DataDirectory(data))));

        assertThat(run("fleet", "qualification", "policy", "required"))
                .isEqualTo("Policy required; a card must reach 0.9 of its class's throughput, at 1.5 times its p99"
                        + " latency or less.");
        assertThat(run("fleet", "qualification", "show")).contains("node0  -");
        fleet.boot(fleet.port(fleet.network(TestFleet.VF_NETWORK, 2401), VnicType.DIRECT));
        assertThat(run("explain", "vm00"))
                .contains("QualificationFilter: The host was not qualified: no card of it was measured yet;");
        assertThat(run("fleet", "qualification", "baseline", CARDS.text(), "--figure", "64:1000:20000"))
                .isEqualTo("Class 8086:10c9:igb:1000:short has a baseline for 1 frame sizes.");

        Qualifications.Outcome outcome = qualifications.post("node0", measured(810));

        assertThat(outcome.policy()).isEqualTo(QualificationPolicy.REQUIRED);
        assertThat(outcome.qualification().verdict()).isEqualTo(QualificationVerdict.FAILED);
        assertThat(outcome.qualification().summary()).isEqualTo(measured(810));
        assertThat(outcome.qualification().baseline())
                .contains(new Baseline(
                        CARDS, Baseline.Source.OPERATOR, 0, List.of(new BaselineFigure(64, 1_000, 20_000))));
        assertThat(outcome.qualification().reasons())
                .containsExactly("At 64 bytes it reached 81 % of its class's baseline, 90 % are required.");
        assertThat(run("fleet", "qualification", "show", "node0"))
                .contains(
                        "ens1f0 of node0, 2026-03-31T12:00:00Z, 8086:10c9:igb:1000:short: failed",
                        "At 64 bytes it reached 81 %",
                        "64           810       1000      9000    12000   20000     0.0   no");
        assertThat(run("fleet", "qualification", "policy", "--share", "0.8"))
                .contains("Policy required; a card must reach 0.8", "ens1f0 of node0 was failed and is passed now.");
        assertThat(run("fleet", "qualification", "show")).contains("node0  ens1f0  passed");
        assertThat(run("fleet", "qualification", "baselines")).contains("operator", "1000");
        assertThat(run("fleet", "qualification", "baseline", CARDS.text(), "--like", "node0"))
                .isEqualTo("Class 8086:10c9:igb:1000:short has a baseline for 1 frame sizes.");
        assertThat(run("fleet", "qualification", "baselines")).contains("810", "12000");
        assertThat(run("fleet", "qualification", "baseline", CARDS.text(), "--remove"))
                .contains("is compared with what its hosts reach.", "ens1f0 of node0 was passed and is unrated now.");
    }

    @Test
    void mistakesAboutQualificationAreNamed() {
        assertThat(run("fleet", "qualification", "show", "node9")).isEqualTo("sluice: There is no host 'node9'.");
        assertThat(run("fleet", "qualification", "baseline", CARDS.text()))
                .isEqualTo("sluice: Give one of --figure, --like and --remove.");
        assertThat(run("fleet", "qualification", "baseline", "igb", "--remove"))
                .contains("sluice: 'igb' is no card class; write VENDOR:DEVICE:DRIVER:MBPS:PROFILE");
        assertThat(run("fleet", "qualification", "baseline", CARDS.text(), "--figure", "64:fast"))
                .isEqualTo("sluice: --figure is '64:fast' and must be BYTES:FRAMES:P99, such as 64:1480000:25000.");
        assertThat(run("fleet", "qualification", "baseline", CARDS.text(), "--figure", "20:1:1"))
                .isEqualTo("sluice: Member 'frame_bytes' is 20 and must be 64 to 9216.");
        fleet.host("node0", 1);
        assertThat(run("fleet", "qualification", "baseline", CARDS.text(), "--like", "node0"))
                .isEqualTo("sluice: Host node0 has no measurement of class 8086:10c9:igb:1000:short.");
        assertThat(run("fleet", "qualification", "policy", "--share", "90"))
                .contains("Member 'required_share' is 90.0 and must be above 0 and at most 1;");
        assertThat(run("fleet", "qualification", "policy", "strict")).contains("OFF, ADVISORY, REQUIRED");
    }

    private static QualificationSummary measured(long rate) {
        return new QualificationSummary(
                "ens1f0",
                Instant.parse("2026-03-31T12:00:00Z"),
                CARDS,
                List.of(new MeasuredFigure(64, rate, 9_000, 12_000, 0, false)));
    }

    @Test
    void aJoinTokenIsPrintedForTheNextCommand() {
        assertThat(JoinToken.parse(run("fleet", "join-token")).secret()).hasSize(43);
        assertThat(run("fleet", "join-token", "--valid", "0")).contains("Member 'valid_seconds' must be 1 to 2592000.");
    }

    @Test
    void joinTokensAreListedAndMadeVoid() {
        run("fleet", "join-token");
        String listed = run("fleet", "join-tokens");
        String id = listed.lines().skip(1).findFirst().orElseThrow().split(" ")[0];

        assertThat(id).hasSize(64);
        assertThat(run("fleet", "revoke-token", id)).isEqualTo("Join token " + id + " is void.");
        assertThat(run("fleet", "join-tokens")).doesNotContain(id);
        assertThat(run("fleet", "revoke-token", id)).contains("There is no join token '" + id + "'.");
    }

    @Test
    void openstackFilesAreImported() throws Exception {
        fleet.host("node0", 2);
        Path file = Files.writeString(data.resolve("ml2.ini"), """
                [sriov_nic]
                physical_device_mappings = sriovnet7:ens1f0
                [agent]
                polling_interval = 2
                """);

        assertThat(run("import", "openstack", "--ml2-conf", file.toString())).isEqualTo("""
                        %1$s:2: taken   [sriov_nic] physical_device_mappings: ens1f0 of node0 is on sriovnet7.
                        %1$s:4: ignored [agent] polling_interval: Sluice does not read this option, so nothing came \
                        of it.""".formatted(file));
        assertThat(run("import", "openstack")).startsWith("sluice: There is nothing to read;");
        assertThat(run("import", "openstack", "--nova-conf", data + "/none")).startsWith("sluice: There is no file ");
        assertThat(run("import", "openstack", "--ml2-conf", file.toString(), "--host", "node9"))
                .isEqualTo("sluice: There is no host 'node9'.");
    }

    @Test
    void tenantsHaveNoBusinessHere() throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(base + "/sluice/v1/hosts"))
                                .header("X-Auth-Token", "member")
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body())
                .isEqualTo("{\"error\":{\"code\":\"PolicyNotAuthorized\",\"message\":\"Policy doesn't allow"
                        + " sluice:hosts:list to be performed.\"}}");
    }

    @Test
    void theRulesInForceAreListed() {
        assertThat(run("policy", "list"))
                .contains("sluice:hosts:list", "rule:system_reader", "List the hosts with their cards.");
        // Nobody has changed any here: the heading alone.
        assertThat(run("policy", "list", "--overridden").lines()).hasSize(1);
    }

    @Test
    void aCloudThatIsNotThereIsSaidSo() throws Exception {
        stop();
        assertThat(run("fleet", "hosts"))
                .startsWith("sluice: The cloud at " + base + " does not answer: ")
                .endsWith("'sluice up' starts one.");
        Files.delete(data.resolve("openrc"));
        assertThat(run("fleet", "hosts")).startsWith("sluice: The environment has no OS_AUTH_URL, and there is no ");
    }

    /** What the command prints, on either stream. */
    private String run(String... words) {
        StringWriter printed = new StringWriter();
        PrintWriter writer = new PrintWriter(printed, true);
        CommandLine commands = new CommandLine(new Root())
                .setOut(writer)
                .setErr(writer)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, _) -> {
                    command.getErr().println("sluice: " + failure.getMessage());
                    return 2;
                });
        List<String> arguments = new ArrayList<>(List.of(words));
        arguments.addAll(List.of("--data", data.toString()));
        commands.execute(arguments.toArray(String[]::new));
        return printed.toString().strip();
    }

    @CommandLine.Command(
            name = "sluice",
            subcommands = {
                FleetCommand.class,
                ExplainCommand.class,
                ImportCommand.class,
                PolicyCommand.class,
                AuditCommand.class
            })
    private static final class Root {}
}
