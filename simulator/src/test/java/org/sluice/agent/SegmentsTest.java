package org.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.contentOf;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.agent.boot.Segments;
import org.sluice.agent.host.Bridges.Segment;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.protocol.DesiredInterface.Bridge;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.ServerReport.Absent;
import org.sluice.model.protocol.ServerReport.Failed;
import org.sluice.model.protocol.ServerReport.Observed;
import org.sluice.simulator.HostCall;
import org.sluice.simulator.SimulatedCard;

/** What the servers of a host share on a network: who may take it away, and what becomes of it when it ends by itself. */
class SegmentsTest {
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private AgentOnSimulatedHost on;

    @BeforeEach
    void prepare() {
        on = new AgentOnSimulatedHost(directory, SimulatedCard.CONNECTX_5);
    }

    @AfterEach
    void stop() {
        on.close();
    }

    private DesiredServer running(Bridge nic) {
        DesiredServer server = Samples.server(nic);
        on.controller.want(Samples.state(1, server));
        on.start();
        Observed _ = on.awaitReport(server, Observed.class);
        return server;
    }

    /** Counts what the agent asks of this kind, from now on. */
    private AtomicInteger count(HostCall kind) {
        AtomicInteger count = new AtomicInteger();
        on.host.faults().listen((call, _) -> {
            if (call == kind) {
                count.incrementAndGet();
            }
        });
        return count;
    }

    /** DHCP is away while it is told anew: not once for each of those who are on the network. */
    @ParameterizedTest
    @ValueSource(ints = {1, 20})
    void aSegmentThatChangesIsServedAnewOnceHoweverManyAreOnIt(int count) {
        on.compareEvery(Duration.ofHours(1));
        List<DesiredServer> servers = IntStream.rangeClosed(1, count)
                .mapToObj(number -> Samples.server(Samples.bridgeNic(number)))
                .toList();
        on.controller.want(Samples.state(1, servers.toArray(DesiredServer[]::new)));
        on.start();
        servers.forEach(server -> on.awaitReport(server, Observed.class));
        AtomicInteger served = count(HostCall.SERVE);

        on.controller.wantSegment(Samples.segment(Samples.NETWORK, 1500, "10.0.0.53"));
        servers.forEach(server -> await().atMost(LONG_ENOUGH).until(() -> isInJournal(server, "10.0.0.53")));
        on.stop();

        assertThat(served).hasValue(1);
        assertThat(on.host.clients(Samples.NETWORK))
                .hasSize(count)
                .allSatisfy(
                        client -> assertThat(client.nic().addresses().getFirst().nameServers())
                                .containsExactly("10.0.0.53"));
    }

    private boolean isInJournal(DesiredServer server, String word) throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("agent/journal/servers"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file ->
                            file.getFileName().toString().contains(server.id().toString()))
                    .anyMatch(file -> contentOf(file.toFile()).contains(word));
        }
    }

    @Test
    void dhcpThatEndsByItselfIsBegunAnew() {
        // Long before the agent would look by itself.
        on.compareEvery(Duration.ofHours(1));
        Bridge nic = Samples.bridgeNic(1);
        DesiredServer server = running(nic);

        on.host.killDhcp(nic.network());

        await().atMost(LONG_ENOUGH).until(() -> on.host.answersDhcp(nic.network()));
        on.assertRuns(server);
    }

    @Test
    void dhcpThatEndsAgainAndAgainWaitsForTheNextComparison() {
        on.compareEvery(Duration.ofHours(1));
        Bridge nic = Samples.bridgeNic(1);
        running(nic);
        on.host.killDhcp(nic.network());
        await().atMost(LONG_ENOUGH).until(() -> on.host.answersDhcp(nic.network()));
        AtomicInteger served = count(HostCall.SERVE);

        for (int time = 0; time < 5; time++) {
            on.host.killDhcp(nic.network());
        }

        assertThat(served).hasValue(0);
    }

    @Test
    void dhcpThatCannotBeBegunAnewIsTriedAtTheNextComparison() {
        Bridge nic = Samples.bridgeNic(1);
        running(nic);
        try (Log log = Log.of(Agent.class)) {
            on.host.faults().refuse(HostCall.SERVE, "ENOMEM", 1);
            on.host.killDhcp(nic.network());

            await().atMost(LONG_ENOUGH).until(() -> on.host.answersDhcp(nic.network()));
            await().atMost(LONG_ENOUGH)
                    .until(() -> log.lines().stream().anyMatch(line -> line.contains("is begun anew at the next")));
        }
    }

    @Test
    void aServerThatCannotBeServedIsInTheWayOfNobody() {
        Bridge nic = Samples.bridgeNic(1);
        DesiredServer server = running(nic);
        Bridge another = on(nic.network(), Samples.bridgeNic(2));
        DesiredServer refused = Samples.server(another);
        on.host.faults().refuse(HostCall.SERVE, "ENOMEM", 1);
        on.controller.want(Samples.state(2, server, refused));
        Failed _ = on.awaitReport(refused, Failed.class);

        DesiredServer third = Samples.server(on(nic.network(), Samples.bridgeNic(3)));
        on.controller.want(Samples.state(3, server, refused, third));
        Observed _ = on.awaitReport(third, Observed.class);

        on.assertRuns(server);
        on.assertRuns(third);
        assertThat(on.host.clients(nic.network()))
                .extracting(client -> client.nic().port())
                .doesNotContain(another.port());
    }

    @Test
    void whoLeavesDoesNotWaitForThoseWhoCannotBeServed() {
        Bridge nic = Samples.bridgeNic(1);
        DesiredServer server = running(nic);
        Bridge another = on(nic.network(), Samples.bridgeNic(2));
        DesiredServer leaving = Samples.server(another);
        on.controller.want(Samples.state(2, server, leaving));
        Observed _ = on.awaitReport(leaving, Observed.class);
        try (Log log = Log.of(Segments.class)) {
            on.host.faults().refuse(HostCall.SERVE, "ENOMEM", 1_000_000);
            on.controller.want(Samples.state(3, server, Samples.absent(leaving)));

            Absent _ = on.awaitReport(leaving, Absent.class);
            assertThat(on.host.clients(nic.network()))
                    .extracting(client -> client.nic().port())
                    .containsExactly(nic.port());
            assertThat(log.lines()).anyMatch(line -> line.contains(nic.network().toString()));
        }
        AtomicInteger served = count(HostCall.SERVE);
        on.host.faults().clear();
        await().atMost(LONG_ENOUGH).until(() -> served.get() > 0);
        on.assertRuns(server);
    }

    /** Until nobody answers it any more its address may be nobody else's. */
    @Test
    void whoIsAnsweredStillHasNotLeft() {
        Bridge nic = Samples.bridgeNic(1);
        DesiredServer server = running(nic);
        DesiredServer leaving = Samples.server(on(nic.network(), Samples.bridgeNic(2)));
        on.controller.want(Samples.state(2, server, leaving));
        Observed _ = on.awaitReport(leaving, Observed.class);
        AtomicInteger tries = count(HostCall.FORGET_CLIENT);
        on.host.faults().refuse(HostCall.SERVE, "ENOMEM", 1_000_000);
        on.host.faults().refuse(HostCall.FORGET_CLIENT, "ENOMEM", 2);
        on.controller.want(Samples.state(3, server, Samples.absent(leaving)));

        Absent _ = on.awaitReport(leaving, Absent.class);
        assertThat(tries).hasValue(3);
    }

    @Test
    void whatNoServerHasAnyMoreGoes() {
        Bridge nic = Samples.bridgeNic(1);
        DesiredServer server = running(nic);
        NetworkId deserted = NetworkId.random();
        on.host.leaveBehind(Segments.segmentOf(nic), PortId.random());
        on.host.leaveBehind(new Segment(deserted, "phys0", 2002, 1500), PortId.random());

        await().atMost(LONG_ENOUGH)
                .untilAsserted(() -> assertThat(on.host.taps()).containsExactly(nic.port()));
        await().atMost(LONG_ENOUGH)
                .untilAsserted(() -> assertThat(on.host.bridges()).containsExactly(nic.network()));
        on.assertRuns(server);
    }

    @Test
    void nothingGoesWhileTheControllerIsSilentOrAGuestIsInNoBooks() throws Exception {
        Bridge nic = Samples.bridgeNic(1);
        DesiredServer server = running(nic);
        on.loseJournal();
        on.controller.want(Samples.state(2));
        AtomicInteger looks = count(HostCall.LIST_MADE);
        on.start();

        await().atMost(LONG_ENOUGH).until(() -> looks.get() > 2);
        assertThat(on.host.taps()).containsExactly(nic.port());
        on.assertRuns(server);

        on.stop();
        on.host.powerOff(server.id());
        on.controller.beAway(true);
        List<HostCall> made = new ArrayList<>();
        on.host.faults().listen((call, _) -> {
            synchronized (made) {
                made.add(call);
            }
        });
        on.start();
        await().atMost(LONG_ENOUGH).until(() -> on.controller.missed() > 2);
        synchronized (made) {
            assertThat(made).doesNotContain(HostCall.REMOVE_TAP);
        }
        assertThat(on.host.taps()).containsExactly(nic.port());
    }

    @Test
    void theLastServerTakesWhatItsNetworkHadWithIt() {
        Bridge nic = Samples.bridgeNic(1);
        DesiredServer server = running(nic);
        on.controller.want(Samples.state(2, Samples.absent(server)));
        Absent _ = on.awaitReport(server, Absent.class);
        on.assertClean(server);
    }

    private static Bridge on(NetworkId network, Bridge nic) {
        return new Bridge(
                nic.port(),
                network,
                nic.mac(),
                nic.vlan(),
                nic.mtu(),
                nic.addresses(),
                nic.physicalNetwork(),
                nic.uplink(),
                nic.services());
    }
}
