package org.sluice.agent;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sluice.agent.host.VirtualFunctions.LinkState;
import org.sluice.agent.host.VirtualFunctions.Tuple;
import org.sluice.agent.step.Patience;
import org.sluice.agent.step.StepObserver;
import org.sluice.agent.supervision.CallLimits;
import org.sluice.agent.supervision.Supervision;
import org.sluice.model.MacAddress;
import org.sluice.model.protocol.DesiredInterface.Bridge;
import org.sluice.model.protocol.DesiredInterface.Direct;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.PhysicalFunctionKey;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport;
import org.sluice.model.protocol.ServerReport.Observed;
import org.sluice.simulator.SimulatedCard;
import org.sluice.simulator.SimulatedHost;

/** The real agent over a simulated host, for a fake controller, quick of reaction and without pauses. */
final class AgentOnSimulatedHost implements AutoCloseable {
    /** A VF that is nobody's. */
    static final Tuple NEUTRAL =
            new Tuple(MacAddress.ZERO, 0, 0, Optional.of(true), Optional.of(false), 0, 0, Optional.of(LinkState.AUTO));

    private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);

    final SimulatedHost host;
    final FakeController controller = new FakeController();
    private final Path directory;
    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    /** What ended threads of an agent. */
    final Queue<Throwable> broken = new ConcurrentLinkedQueue<>();

    private Duration longestCall = Duration.ofSeconds(5);
    private Duration compareEvery = Duration.ofMillis(50);
    private Duration verifyEvery = Duration.ofMillis(200);
    private Duration shutdownWithin = Duration.ofSeconds(60);
    private Duration detachWithin = Duration.ofSeconds(60);
    private Duration imagesWithin = Duration.ofMinutes(15);
    private Duration startsAloneAfter = Duration.ofMinutes(15);
    private @Nullable Agent agent;

    AgentOnSimulatedHost(Path directory, SimulatedCard... cards) {
        this.directory = directory;
        this.host = new SimulatedHost("node-0", directory.resolve("consoles"), List.of(cards));
    }

    /** Gives up calls to the host after this long, those that may take longer after up to four times as long. */
    void giveUpCallsAfter(Duration limit) {
        longestCall = limit;
    }

    /** Looks by itself only so often whether everything is as it should be. */
    void compareEvery(Duration pause) {
        compareEvery = pause;
    }

    /** Reads NICs of guests that are well back only so often. */
    void verifyEvery(Duration pause) {
        verifyEvery = pause;
    }

    /** Waits so long for a guest that was asked to end. */
    void cutOffAfter(Duration limit) {
        shutdownWithin = limit;
    }

    /** Calls it a failure when a guest has not given a NIC up after this long. */
    void missNicsAfter(Duration limit) {
        detachWithin = limit;
    }

    /** Waits so long for images while the controller is away. */
    void giveUpImagesAfter(Duration limit) {
        imagesWithin = limit;
    }

    /** Waits so long for the controller before it starts what a boot of the host has ended. */
    void startAloneAfter(Duration grace) {
        startsAloneAfter = grace;
    }

    /** The one that runs. */
    Agent agent() {
        return requireNonNull(agent, "no agent was started");
    }

    /** Starts an agent on the host and the journal there are; the one before is out of the way. */
    void start(StepObserver observer) {
        stop();
        Agent fresh = new Agent(
                host.connect(),
                controller,
                directory.resolve("agent"),
                new AgentSettings(
                        Duration.ofSeconds(1),
                        compareEvery,
                        verifyEvery,
                        shutdownWithin,
                        detachWithin,
                        Duration.ofMillis(5),
                        Duration.ofMillis(20),
                        imagesWithin,
                        startsAloneAfter,
                        512,
                        Duration.ofSeconds(5)),
                new Agent.KernelCalls(
                        new Patience(Duration.ofMillis(10), Duration.ofSeconds(10), pause -> {}),
                        new CallLimits(
                                longestCall, longestCall, longestCall.multipliedBy(2), longestCall.multipliedBy(4)),
                        calls,
                        Supervision.onVirtualThreads(broken::add)),
                observer,
                InstantSource.system(),
                new Random(42));
        agent = fresh;
        fresh.start();
    }

    void start() {
        start(StepObserver.NONE);
    }

    /** The next one after an agent that was killed; nothing of that one is at work any more when the host can be called again. */
    void restart() {
        stop();
        host.faults().clear();
        start();
    }

    void stop() {
        if (agent != null) {
            agent.close();
            try {
                // Two at work on one host would do things twice; what hangs is given up by whoever lets it hang.
                boolean _ = agent.awaitEnd(longestCall.multipliedBy(4));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            agent = null;
        }
    }

    @Override
    public void close() {
        host.faults().clear();
        stop();
        calls.close();
    }

    PhysicalFunctionKey card(int number) {
        return host.cards().get(number).key();
    }

    <T extends ServerReport> T awaitReport(DesiredServer server, Class<T> kind) {
        return await().dontCatchUncaughtExceptions()
                .atMost(LONG_ENOUGH)
                .pollInterval(Duration.ofMillis(2))
                .until(
                        () -> controller
                                .newest(server.id())
                                .filter(kind::isInstance)
                                .map(kind::cast),
                        Optional::isPresent)
                .orElseThrow();
    }

    /** Waits until the newest report of the server says that it has this power. */
    Observed awaitPower(DesiredServer server, PowerState power) {
        return awaitObserved(server, report -> report.power() == power);
    }

    /** Waits until the newest report of the server says that it obeys this power. */
    Observed awaitObeyed(DesiredServer server, Power wish) {
        return awaitObserved(
                server,
                report -> report.generation() == wish.generation()
                        && report.power().name().equals(wish.level().name()));
    }

    Observed awaitObserved(DesiredServer server, Predicate<Observed> seen) {
        return await().dontCatchUncaughtExceptions()
                .atMost(LONG_ENOUGH)
                .pollInterval(Duration.ofMillis(2))
                .until(
                        () -> controller
                                .newest(server.id())
                                .filter(Observed.class::isInstance)
                                .map(Observed.class::cast)
                                .filter(seen),
                        Optional::isPresent)
                .orElseThrow();
    }

    /** The file of the agent's journal about the server. */
    Path journalOf(DesiredServer server) {
        return directory.resolve("agent/journal/servers").resolve(server.id() + ".json");
    }

    /** Stops the agent; its host joins anew. */
    void layJournalAside() throws IOException {
        stop();
        Path aside = Files.createDirectories(directory.resolve("agent/removed/former"));
        for (String folder : List.of("servers", "virtual-functions")) {
            Files.move(directory.resolve("agent/journal").resolve(folder), aside.resolve(folder));
        }
    }

    /** Stops the agent and takes its books from it: journal and lease book. */
    void loseJournal() throws IOException {
        stop();
        for (String folder : List.of("servers", "virtual-functions")) {
            try (Stream<Path> files =
                    Files.list(directory.resolve("agent/journal").resolve(folder))) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** The server runs once, with all that belongs to it, and every VF as its port asked for. */
    void assertRuns(DesiredServer server) {
        assertThat(host.running()).containsOnlyOnce(server.id());
        assertThat(host.disks()).contains(server.id());
        for (var nic : server.interfaces()) {
            switch (nic) {
                case Bridge bridge -> {
                    assertThat(host.taps()).contains(bridge.port());
                    assertThat(host.clients(bridge.network()))
                            .extracting(client -> client.nic().port())
                            .containsOnlyOnce(bridge.port());
                }
                case Direct direct -> {
                    Tuple tuple = host.tuple(
                            direct.lease().physicalFunction(), direct.lease().index());
                    assertThat(tuple.mac()).isEqualTo(direct.mac());
                    assertThat(tuple.vlan()).isEqualTo(direct.vlan());
                    assertThat(tuple.qos()).isEqualTo(direct.attributes().qos());
                    assertThat(tuple.spoofCheck()).contains(direct.attributes().spoofCheck());
                    assertThat(tuple.trust()).contains(direct.attributes().trust());
                    assertThat(tuple.minTxRate()).isEqualTo(direct.attributes().minTxRate());
                    assertThat(tuple.maxTxRate()).isEqualTo(direct.attributes().maxTxRate());
                    assertThat(tuple.linkState()).contains(LinkState.AUTO);
                    assertThat(host.driver(
                                    direct.lease().physicalFunction(),
                                    direct.lease().index()))
                            .contains("vfio-pci");
                }
            }
        }
    }

    /** Nothing of any server is on the host, apart from what its VFs have. */
    void assertNoRemains() {
        assertThat(host.running()).isEmpty();
        assertThat(host.disks()).isEmpty();
        assertThat(host.taps()).isEmpty();
        assertThat(host.bridges()).isEmpty();
    }

    /** Nothing of any server is on the host, and the VFs of this one are nobody's. */
    void assertClean(DesiredServer server) {
        assertNoRemains();
        for (var nic : server.interfaces()) {
            switch (nic) {
                case Bridge bridge -> assertThat(host.clients(bridge.network())).isEmpty();
                case Direct direct ->
                    assertThat(host.tuple(
                                    direct.lease().physicalFunction(),
                                    direct.lease().index()))
                            .isEqualTo(NEUTRAL);
            }
        }
    }
}
