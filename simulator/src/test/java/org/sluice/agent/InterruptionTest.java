package org.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.agent.step.StepObserver;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.ServerReport.Absent;
import org.sluice.model.protocol.ServerReport.Failed;
import org.sluice.model.protocol.ServerReport.Running;
import org.sluice.simulator.HostCall;
import org.sluice.simulator.PowerLoss;
import org.sluice.simulator.SimulatedCard;

/**
 * Walks through a boot and a delete, and at every single point of them kills the agent, or has the host refuse the call.
 * Wherever that is, the end is the same as without it.
 */
class InterruptionTest {
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);
    private static Thread.@Nullable UncaughtExceptionHandler before;

    @TempDir
    Path directory;

    private int runs;

    @BeforeAll
    static void beQuietAboutKilledThreads() {
        before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
            if (!(thrown instanceof PowerLoss)) {
                throw new AssertionError("thread " + thread.getName() + " died", thrown);
            }
        });
    }

    @AfterAll
    static void restore() {
        Thread.setDefaultUncaughtExceptionHandler(before);
    }

    /** Kills the agent at the nth point between two changes, whatever part of the agent makes them. */
    private static final class KillAt implements StepObserver {
        private final AgentOnSimulatedHost on;
        private final AtomicInteger left;

        private KillAt(AgentOnSimulatedHost on, int point) {
            this.on = on;
            this.left = new AtomicInteger(point);
        }

        @Override
        public void reached(Moment moment, String name) {
            if (on.host.faults().isKilled()) {
                throw new PowerLoss(name);
            }
            if (left.getAndDecrement() == 0) {
                on.host.faults().kill();
                throw new PowerLoss(moment + " " + name);
            }
        }
    }

    @Test
    void killedBetweenAnyTwoStepsOfABootItRunsInTheEnd() throws IOException {
        boolean killed = true;
        int point;
        for (point = 0; killed; point++) {
            try (AgentOnSimulatedHost on = fresh()) {
                DesiredServer server = server(on);
                on.controller.want(Samples.state(1, server));
                on.start(new KillAt(on, point));
                killed = isKilledBefore(on, server, Running.class);
                on.start();
                assertRunsAndGoes(on, server);
            }
        }
        // The journal's writes, the ledger's, and both sides of every step.
        assertThat(point).isGreaterThan(40);
    }

    @Test
    void killedBetweenAnyTwoStepsOfADeleteNothingIsLeftInTheEnd() throws IOException {
        boolean killed = true;
        int point;
        for (point = 0; killed; point++) {
            try (AgentOnSimulatedHost on = fresh()) {
                DesiredServer server = server(on);
                on.controller.want(Samples.state(1, server));
                on.start();
                on.awaitReport(server, Running.class);
                on.stop();
                on.controller.want(Samples.state(2, Samples.absent(server)));
                on.start(new KillAt(on, point));
                killed = isKilledBefore(on, server, Absent.class);
                on.start();
                assertGone(on, server);
            }
        }
        assertThat(point).isGreaterThan(40);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void killedAtAnyCallOfABootItRunsInTheEnd(boolean afterEffect) throws IOException {
        boolean killed = true;
        int call;
        for (call = 0; killed; call++) {
            try (AgentOnSimulatedHost on = fresh()) {
                DesiredServer server = server(on);
                on.controller.want(Samples.state(1, server));
                on.host.connect();
                on.host.faults().killAt(call, afterEffect);
                on.start();
                killed = isKilledBefore(on, server, Running.class);
                on.host.faults().clear();
                on.start();
                assertRunsAndGoes(on, server);
            }
        }
        assertThat(call).isGreaterThan(25);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void killedAtAnyCallOfADeleteNothingIsLeftInTheEnd(boolean afterEffect) throws IOException {
        boolean killed = true;
        int call;
        for (call = 0; killed; call++) {
            try (AgentOnSimulatedHost on = fresh()) {
                DesiredServer server = server(on);
                on.controller.want(Samples.state(1, server));
                on.start();
                on.awaitReport(server, Running.class);
                on.stop();
                on.controller.want(Samples.state(2, Samples.absent(server)));
                on.host.faults().killAt(call, afterEffect);
                on.start();
                killed = isKilledBefore(on, server, Absent.class);
                on.host.faults().clear();
                on.start();
                assertGone(on, server);
            }
        }
        assertThat(call).isGreaterThan(15);
    }

    @Test
    void killedAgainAndAgainWhileItRecoversTheEndIsTheSame() throws IOException {
        Random random = new Random(2401);
        for (int round = 0; round < 40; round++) {
            try (AgentOnSimulatedHost on = fresh()) {
                DesiredServer server = server(on);
                on.controller.want(Samples.state(1, server));
                for (int kill = 0; kill < 4; kill++) {
                    on.start(new KillAt(on, random.nextInt(60)));
                    isKilledBefore(on, server, Running.class);
                }
                on.controller.want(Samples.state(2, Samples.absent(server)));
                for (int kill = 0; kill < 4; kill++) {
                    on.start(new KillAt(on, random.nextInt(60)));
                    isKilledBefore(on, server, Absent.class);
                }
                on.start();
                assertGone(on, server);
            }
        }
    }

    @Test
    void refusedAtAnyCallOfABootItFailsAndLeavesNothing() throws IOException {
        int failed = 0;
        for (int call = 0; ; call++) {
            try (AgentOnSimulatedHost on = fresh()) {
                DesiredServer server = server(on);
                on.controller.want(Samples.state(1, server));
                on.host.faults().refuseAt(call, "ENOMEM");
                on.start();
                await().dontCatchUncaughtExceptions()
                        .atMost(LONG_ENOUGH)
                        .pollInterval(Duration.ofMillis(2))
                        .until(() -> on.controller.newest(server.id()).isPresent());
                if (on.controller.newest(server.id()).orElseThrow() instanceof Failed report) {
                    failed++;
                    assertThat(report.reason()).contains("ENOMEM");
                    on.assertClean(server);
                    assertGone(on, server);
                } else {
                    on.assertRuns(server);
                    break;
                }
            }
        }
        assertThat(failed).isGreaterThan(25);
    }

    @Test
    void killedAnywhereWhileItUndoesAFailedBootItStaysFailed() throws IOException {
        boolean killed = true;
        int point;
        for (point = 0; killed; point++) {
            try (AgentOnSimulatedHost on = fresh()) {
                DesiredServer server = server(on);
                on.controller.want(Samples.state(1, server));
                on.host.faults().refuse(HostCall.START_DOMAIN, "ENOMEM", 1);
                KillAt afterTheFailure = new KillAt(on, point);
                boolean[] undoing = {false};
                on.start((moment, name) -> {
                    undoing[0] |= name.endsWith("REMOVING");
                    if (undoing[0] || on.host.faults().isKilled()) {
                        afterTheFailure.reached(moment, name);
                    }
                });
                killed = isKilledBefore(on, server, Failed.class);
                on.start();
                // Killed before the failure was written down, it has learned nothing yet and builds again.
                await().dontCatchUncaughtExceptions()
                        .atMost(LONG_ENOUGH)
                        .until(() -> on.controller.newest(server.id()).isPresent());
                if (on.controller.newest(server.id()).orElseThrow() instanceof Failed) {
                    on.awaitReport(server, Failed.class);
                    on.assertClean(server);
                }
                assertGone(on, server);
            }
        }
        assertThat(point).isGreaterThan(30);
    }

    @Test
    void refusedAtAnyCallOfADeleteItTriesAgainUntilNothingIsLeft() throws IOException {
        for (int call = 0; call < 40; call++) {
            try (AgentOnSimulatedHost on = fresh()) {
                DesiredServer server = server(on);
                on.controller.want(Samples.state(1, server));
                on.start();
                on.awaitReport(server, Running.class);
                on.stop();
                on.controller.want(Samples.state(2, Samples.absent(server)));
                on.host.faults().refuseAt(call, "ENOMEM");
                on.start();
                assertGone(on, server);
            }
        }
    }

    private AgentOnSimulatedHost fresh() {
        return new AgentOnSimulatedHost(directory.resolve("run" + runs++), SimulatedCard.CONNECTX_5);
    }

    private static DesiredServer server(AgentOnSimulatedHost on) {
        return Samples.server(Samples.bridgeNic(1), Samples.direct(on.card(0), 3, 1));
    }

    /** Waits for the end of this agent's part: it was killed, or it had its report taken. */
    private static boolean isKilledBefore(AgentOnSimulatedHost on, DesiredServer server, Class<?> report) {
        await().dontCatchUncaughtExceptions()
                .atMost(LONG_ENOUGH)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> on.host.faults().isKilled()
                        || on.controller
                                .newest(server.id())
                                .filter(report::isInstance)
                                .isPresent());
        return on.host.faults().isKilled();
    }

    private void assertRunsAndGoes(AgentOnSimulatedHost on, DesiredServer server) throws IOException {
        on.awaitReport(server, Running.class);
        on.assertRuns(server);
        assertGone(on, server);
    }

    private void assertGone(AgentOnSimulatedHost on, DesiredServer server) throws IOException {
        on.controller.want(Samples.state(2, Samples.absent(server)));
        assertThat(on.awaitReport(server, Absent.class).released()).hasSize(1);
        on.assertClean(server);
        on.stop();
        try (Stream<Path> entries =
                Files.list(directory.resolve("run" + (runs - 1)).resolve("agent/journal/servers"))) {
            assertThat(entries).isEmpty();
        }
    }
}
