package org.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.sluice.agent.Powers.rebooted;
import static org.sluice.agent.Powers.running;
import static org.sluice.agent.Powers.stopped;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.model.protocol.DesiredInterface.Direct;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.Power.Ending;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport.Absent;
import org.sluice.model.protocol.ServerReport.Observed;
import org.sluice.simulator.HostCall;
import org.sluice.simulator.SimulatedCard;

/**
 * Guests that a boot of the host ended, while nobody has told the agent what became of their servers meanwhile: they may run elsewhere, with
 * the same addresses.
 */
class AfterABootTest {
    @TempDir
    Path directory;

    private AgentOnSimulatedHost on;
    private Direct function;
    private DesiredServer server;

    @BeforeEach
    void run() {
        on = new AgentOnSimulatedHost(directory, SimulatedCard.CONNECTX_5);
        function = Samples.direct(on.card(0), 3, 7);
        server = Samples.server(Samples.bridgeNic(1), function);
        on.controller.want(Samples.state(1, server));
        on.start();
        on.awaitReport(server, Observed.class);
    }

    @AfterEach
    void stop() {
        on.close();
    }

    private void reboot() {
        on.stop();
        on.host.reboot();
        on.controller.forgetReports();
        on.controller.beAway(true);
    }

    private static void until(Callable<Boolean> condition) {
        await().dontCatchUncaughtExceptions()
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(2))
                .until(condition);
    }

    /** Until the agent has asked so often that everything was compared several times. */
    private void awaitComparisons() {
        int missed = on.controller.missed();
        until(() -> on.controller.missed() > missed + 20);
    }

    @Test
    void areNotStartedBeforeTheControllerWasHeardWhichIsSaidOnce() {
        reboot();
        try (Log log = Log.of(Convergence.class)) {
            on.start();
            until(() -> !log.lines().isEmpty());
            awaitComparisons();

            assertThat(on.host.starts(server.id())).isEqualTo(1);
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("made elsewhere"))
                    .singleElement()
                    .asString()
                    .contains("node-0", "900 s");
        }

        on.controller.beAway(false);
        on.awaitPower(server, PowerState.RUNNING);
        on.assertRuns(server);
        assertThat(on.host.starts(server.id())).isEqualTo(2);
        assertThat(on.controller.reports())
                .as("nobody is told that it ended by itself")
                .allSatisfy(report -> assertThat(report)
                        .isInstanceOfSatisfying(
                                Observed.class, seen -> assertThat(seen.power()).isEqualTo(PowerState.RUNNING)));
    }

    @Test
    void areNeverStartedWhenTheControllerComesAndWishesThemStopped() {
        reboot();
        on.start();
        awaitComparisons();
        on.controller.want(Samples.state(2, server.powered(stopped(1))));
        on.controller.beAway(false);

        on.awaitObeyed(server, stopped(1));

        assertThat(on.host.starts(server.id())).isEqualTo(1);
    }

    @Test
    void areNeverStartedWhenTheControllerComesAndWantsTheServersGone() {
        reboot();
        on.start();
        awaitComparisons();
        on.controller.want(Samples.state(2, Samples.absent(server)));
        on.controller.beAway(false);

        assertThat(on.awaitReport(server, Absent.class).released()).containsExactly(function.lease());

        assertThat(on.host.starts(server.id())).isEqualTo(1);
        on.assertClean(server);
    }

    @Test
    void areStartedWhenTheControllerComesAndDoesNotSpeakOfThem() {
        reboot();
        on.start();
        awaitComparisons();
        on.controller.want(Samples.state(2));
        on.controller.beAway(false);

        on.awaitPower(server, PowerState.RUNNING);
        on.assertRuns(server);
    }

    @Test
    void areStartedWhenTheControllerStaysAway() {
        Duration grace = Duration.ofMillis(500);
        on.startAloneAfter(grace);
        reboot();
        long before = System.nanoTime();
        on.start();

        until(() -> on.host.starts(server.id()) == 2);

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(grace);
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> on.assertRuns(server));
    }

    /** It had been ended and not been started, so that no boot of the host ended it; where its server is now nobody knows either. */
    @Test
    void areNotStartedBeforeThatWhenTheHostEndedInTheMiddleOfTheirReboot() {
        Power rebooted = rebooted(1, 1, Ending.AT_ONCE);
        on.host.faults().listen((call, _) -> {
            if (call == HostCall.START_DOMAIN) {
                on.host.reboot();
            }
        });
        on.controller.want(Samples.state(2, server.powered(rebooted)));
        until(() -> on.host.faults().isKilled());
        on.stop();
        on.host.faults().listen((_, _) -> {});
        on.host.faults().clear();
        on.controller.beAway(true);
        on.start();
        awaitComparisons();
        assertThat(on.host.running()).isEmpty();

        on.controller.beAway(false);
        on.awaitObeyed(server, running(1));
        on.assertRuns(server);
    }
}
