package org.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.ServerReport;
import org.sluice.model.protocol.ServerReport.Absent;
import org.sluice.model.protocol.ServerReport.Observed;
import org.sluice.simulator.SimulatedCard;

/**
 * Three servers on one network, which have six VFs of the cards of four drivers, are booted together and deleted together, and at every
 * call of both the agent is killed or the host loses its power. What one server's interruption does, it must do to no other.
 */
@ExtendWith(KilledThreads.class)
class ManyServersInterruptionTest {
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    enum Interruption {
        KILLED_BEFORE_A_CALL,
        KILLED_AFTER_A_CALL,
        POWER_LOST
    }

    @ParameterizedTest
    @EnumSource
    void interruptedAtAnyCallAllRunInTheEndAndNothingIsLeftInTheEnd(Interruption interruption) {
        int points = Walk.through(point -> {
            Path own = directory.resolve(interruption.name() + point);
            try (AgentOnSimulatedHost on = new AgentOnSimulatedHost(
                    own,
                    SimulatedCard.CONNECTX_5,
                    SimulatedCard.INTEL_X540,
                    SimulatedCard.INTEL_X710,
                    SimulatedCard.INTEL_E810)) {
                List<DesiredServer> servers = servers(on);
                on.controller.want(Samples.state(1, servers.toArray(DesiredServer[]::new)));
                on.host.connect();
                boolean reached = interrupted(on, interruption, point, servers, Observed.class);
                on.start();
                for (DesiredServer server : servers) {
                    on.awaitReport(server, Observed.class);
                    // It may have been reported before the power went.
                    await().atMost(LONG_ENOUGH).untilAsserted(() -> on.assertRuns(server));
                    if (interruption != Interruption.POWER_LOST) {
                        assertThat(on.host.starts(server.id())).isEqualTo(1);
                    }
                }
                on.stop();
                on.controller.want(
                        Samples.state(2, servers.stream().map(Samples::absent).toArray(DesiredServer[]::new)));
                reached |= interrupted(on, interruption, point, servers, Absent.class);
                on.start();
                for (DesiredServer server : servers) {
                    assertThat(on.awaitReport(server, Absent.class).released()).hasSize(2);
                }
                servers.forEach(on::assertClean);
                on.stop();
                try (Stream<Path> entries = Files.list(own.resolve("agent/journal/servers"))) {
                    assertThat(entries).isEmpty();
                }
                return reached;
            }
        });
        assertThat(points).isGreaterThan(120);
    }

    /** Each has VFs of two cards, and each card has VFs of two servers but one. */
    private static List<DesiredServer> servers(AgentOnSimulatedHost on) {
        return List.of(
                Samples.server(
                        Samples.bridgeNic(1), Samples.direct(on.card(0), 3, 1), Samples.direct(on.card(1), 4, 1)),
                Samples.server(
                        Samples.bridgeNic(2), Samples.direct(on.card(0), 5, 1), Samples.direct(on.card(2), 6, 1)),
                Samples.server(Samples.direct(on.card(2), 7, 1), Samples.direct(on.card(3), 8, 1)));
    }

    /** Starts an agent, and says whether it was interrupted before all of the servers were reported so. */
    private static boolean interrupted(
            AgentOnSimulatedHost on,
            Interruption interruption,
            int point,
            List<DesiredServer> servers,
            Class<? extends ServerReport> report) {
        switch (interruption) {
            case KILLED_BEFORE_A_CALL -> on.host.faults().killAt(point, false);
            case KILLED_AFTER_A_CALL -> on.host.faults().killAt(point, true);
            case POWER_LOST -> {
                AtomicInteger left = new AtomicInteger(point);
                on.host.faults().listen((call, _) -> {
                    if (!call.isSurvey() && left.getAndDecrement() == 0) {
                        on.host.reboot();
                    }
                });
            }
        }
        on.start();
        await().dontCatchUncaughtExceptions()
                .atMost(LONG_ENOUGH)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> on.host.faults().isKilled()
                        || servers.stream()
                                .allMatch(server -> on.controller
                                        .newest(server.id())
                                        .filter(report::isInstance)
                                        .isPresent()));
        boolean killed = on.host.faults().isKilled();
        on.host.faults().clear();
        on.host.faults().listen((_, _) -> {});
        return killed;
    }
}
