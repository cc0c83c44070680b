package org.sluice.controller.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.agents.ConsoleQueries;
import org.sluice.controller.agents.TestFleet;
import org.sluice.controller.compute.ComputeFamily;
import org.sluice.controller.fleet.FleetApi;
import org.sluice.controller.http.ApiClient;
import org.sluice.controller.http.ApiServer;
import org.sluice.controller.http.TestListener;
import org.sluice.controller.network.NetworkFamily;
import org.sluice.controller.operation.Operations;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.store.Announcements;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.HostId;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.ServerId;
import org.sluice.model.VnicType;
import org.sluice.model.protocol.ServerReport;

/**
 * Whatever changes what a host should do raises its revision and wakes its agent: without the one the agent would fetch nothing,
 * and without the other it would do so when it next asks by itself.
 */
final class HostsTest {
    private static final Caller ADMIN =
            new Caller("a".repeat(32), "admin", TestFleet.PROJECT, "demo", Set.of("admin", "member", "reader"));

    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static TestFleet fleet;
    private static ApiServer server;
    private static ApiClient client;
    private static Announcements announcements;

    private HostId host;
    private NetworkId network;
    private PortId port;

    @BeforeAll
    static void start() throws SQLException {
        fleet = new TestFleet(postgres.database());
        Random random = new Random(7);
        server = TestListener.start(
                Optional.empty(),
                _ -> ADMIN,
                List.of(
                        new ComputeFamily(
                                postgres.database(),
                                fleet.serverPorts,
                                fleet.scheduling,
                                new Operations(fleet.scheduling),
                                (_, _, _, _) -> Optional.empty(),
                                InstantSource.system(),
                                random),
                        new NetworkFamily(postgres.database().jdbi(), random, InstantSource.system()),
                        FleetApi.family(postgres.database())));
        client = new ApiClient(server.address());
        announcements = new Announcements(postgres.database());
    }

    @AfterAll
    static void stop() throws SQLException {
        announcements.close();
        client.close();
        server.close();
    }

    @BeforeEach
    void aHostAndANetwork() {
        fleet.clear();
        host = fleet.host("node0", 2);
        network = fleet.network(TestFleet.UPLINK_NETWORK, 2001);
        port = fleet.port(network, VnicType.NORMAL);
    }

    @Test
    void aServerIsPlaced() throws SQLException {
        assertTold(() -> boot());
    }

    @Test
    void aServerIsToGo() throws SQLException {
        ServerId booted = boot();

        assertTold(() -> fleet.delete(booted));
    }

    @Test
    void aServerThatIsNotWantedAnyMoreIsGone() throws SQLException {
        ServerId booted = boot();
        fleet.delete(booted);
        ServerReport gone = fleet.absent(host, booted);

        assertTold(() -> fleet.report(host, gone));

        assertThat(fleet.count("select count(*) from server")).isZero();
    }

    @Test
    void aServerFailed() throws SQLException {
        ServerReport failed = new ServerReport.Failed(
                boot(), new ServerReport.Failure("VfAttributeRefused", "The card refuses trust.", Optional.empty()));

        assertTold(() -> fleet.report(host, failed));
    }

    @Test
    void aConsoleIsAskedFor() throws SQLException {
        ServerId booted = boot();
        try (ChangeFeed feed = new ChangeFeed(postgres.database())) {
            ConsoleQueries consoles = new ConsoleQueries(postgres.database(), feed);

            assertTold(() -> {
                try {
                    assertThat(consoles.ask(host, booted, 1, Duration.ZERO)).isEmpty();
                } catch (InterruptedException stopped) {
                    throw new AssertionError(stopped);
                }
            });
        }
    }

    @Test
    void aServerIsNamedOtherwise() throws SQLException {
        String path = "/compute/v2.1/servers/" + boot();

        assertTold(() -> send("PUT", path, "{'server': {'name': 'other'}}"));
    }

    @Test
    void aServersMetadataIsChanged() throws SQLException {
        String path = "/compute/v2.1/servers/" + boot() + "/metadata";

        assertTold(() -> send("POST", path, "{'metadata': {'a': '1'}}"));
    }

    @Test
    void aSubnetIsChanged() throws SQLException {
        boot();
        String subnet = fleet.text("select cast(id as text) from subnet where network_id = ?", network.value())
                .orElseThrow();

        assertTold(
                () -> send("PUT", "/network/v2.0/subnets/" + subnet, "{'subnet': {'dns_nameservers': ['10.0.0.3']}}"));
    }

    @Test
    void aSecurityGroupOfAServerIsNamedOtherwise() throws SQLException {
        UUID group = groupOf(port);
        boot();

        assertTold(
                () -> send("PUT", "/network/v2.0/security-groups/" + group, "{'security_group': {'name': 'other'}}"));
    }

    @Test
    void aPortOfAServerIsTakenOutOfItsSecurityGroup() throws SQLException {
        groupOf(port);
        boot();

        assertTold(() -> send("PUT", "/network/v2.0/ports/" + port, "{'port': {'security_groups': []}}"));
    }

    /** A group of the project, which the port is in. */
    private static UUID groupOf(PortId port) {
        UUID group = UUID.randomUUID();
        postgres.database().jdbi().useTransaction(handle -> {
            handle.execute(
                    "insert into security_group (id, project_id, name) values (?, ?, 'web')", group, TestFleet.PROJECT);
            handle.execute(
                    "insert into port_security_group (port_id, security_group_id) values (?, ?)", port.value(), group);
        });
        return group;
    }

    @Test
    void anUplinkIsGiven() throws SQLException {
        boot();
        postgres.database().jdbi().useHandle(handle -> handle.execute("delete from bridge_uplink"));

        assertTold(() ->
                send("PUT", "/sluice/v1/hosts/node0/uplinks/" + TestFleet.UPLINK_NETWORK, "{'interface': 'eth1'}"));
    }

    @Test
    void allHostsOfANetworkAreTold() throws SQLException {
        HostId second = fleet.host("node1", 1);

        Set<String> topics = announcements.during(() -> postgres.database()
                .jdbi()
                .useTransaction(handle -> Hosts.changed(handle, List.of(second, host), List.of())));

        assertThat(topics).containsExactlyInAnyOrder(Hosts.topic(host), Hosts.topic(second));
        assertThat(revision(host)).isEqualTo(1);
        assertThat(revision(second)).isEqualTo(1);
    }

    /** Whoever wrote it himself could forget the announcement. */
    @Test
    void nobodyElseKnowsTheColumn() throws IOException {
        try (Stream<Path> sources = Files.walk(Path.of("src", "main", "java"))) {
            assertThat(sources.filter(each -> each.toString().endsWith(".java"))
                            .filter(HostsTest::namesTheColumn)
                            .map(each -> each.getFileName().toString()))
                    .containsExactly("Hosts.java");
        }
    }

    /** Other tables' names begin like its own. */
    @Test
    void nobodyElseWritesTheTable() throws IOException {
        Pattern writes = Pattern.compile("\\b(update|insert into|delete from) host\\b(?!_)");
        try (Stream<Path> sources = Files.walk(Path.of("src", "main", "java"))) {
            assertThat(sources.filter(each -> each.toString().endsWith(".java"))
                            .filter(each -> writes.matcher(text(each)).find()))
                    .isNotEmpty()
                    .allMatch(each -> each.startsWith("src/main/java/org/sluice/controller/host"));
        }
    }

    private static String text(Path source) {
        try {
            return Files.readString(source);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static boolean namesTheColumn(Path source) {
        return text(source).contains("desired_revision");
    }

    private ServerId boot() {
        TestFleet.Boot boot = fleet.boot(port);
        assertThat(boot.isPlaced()).isTrue();
        return boot.server();
    }

    private static void send(String method, String path, String json) {
        ApiClient.Answer answer = client.send(method, path, Map.of("X-Auth-Token", "admin"), json.replace('\'', '"'));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }

    private void assertTold(Runnable change) throws SQLException {
        HostId other = disabled("node1");
        long before = revision(host);
        fleet.agents.fetch(host);

        Set<String> topics = announcements.during(change);

        assertThat(revision(host)).as("its revision").isEqualTo(before + 1);
        fleet.agents.fetch(host);
        assertThat(topics).as("what was announced").contains(Hosts.topic(host)).doesNotContain(Hosts.topic(other));
        assertThat(revision(other)).as("the revision of another host").isZero();
    }

    /** One that nothing is placed on. */
    private static HostId disabled(String name) {
        HostId disabled = fleet.host(name, 0);
        postgres.database()
                .jdbi()
                .useHandle(handle -> handle.execute("update host set enabled = false where id = ?", disabled.value()));
        return disabled;
    }

    private static long revision(HostId of) {
        return postgres.database()
                .jdbi()
                .withHandle(handle -> Hosts.revision(handle, of))
                .orElseThrow();
    }
}
