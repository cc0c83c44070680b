package org.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.agent.power.Observations;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredInterface.Direct;
import org.sluice.model.protocol.DesiredInterface.Presence;
import org.sluice.model.protocol.DesiredInterface.Wish;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.ServerReport.Absent;
import org.sluice.model.protocol.ServerReport.Failed;
import org.sluice.model.protocol.ServerReport.Observed;
import org.sluice.simulator.PowerLoss;
import org.sluice.simulator.SimulatedCard;

/**
 * Walks through a boot and a delete as {@link InterruptionTest} does, on a card that goes into reset at every single call, and on one
 * whose link is down.
 */
class FunctionInterruptionTest {
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

    @Test
    void inResetAtAnyCallOfABootItRunsInTheEnd() {
        AtomicBoolean reset = new AtomicBoolean(true);
        for (int call = 0; reset.get(); call++) {
            try (AgentOnSimulatedHost on = fresh(SimulatedCard.CONNECTX_5)) {
                DesiredServer server = server(on);
                reset = resetAt(on, call, true);
                on.controller.want(Samples.state(1, server));
                on.start();
                on.awaitReport(server, Observed.class);
                on.assertRuns(server);
                assertGone(on, server);
                assertThat(call).as("calls so far").isLessThan(200);
            }
        }
    }

    @Test
    void inResetFromAnyCallOfABootOnItFailsAndLeavesNothingInTheEnd() {
        int failed = 0;
        boolean reset = true;
        for (int call = 0; reset; call++) {
            try (AgentOnSimulatedHost on = fresh(SimulatedCard.CONNECTX_5)) {
                DesiredServer server = server(on);
                AtomicBoolean begun = resetAt(on, call, false);
                on.controller.want(Samples.state(1, server));
                on.start();
                await().dontCatchUncaughtExceptions()
                        .atMost(LONG_ENOUGH)
                        .pollInterval(Duration.ofMillis(2))
                        .until(() -> on.controller.newest(server.id()).isPresent());
                // What only reads what the boot has done may find the card in reset too, and does no harm.
                reset = begun.get();
                on.host.endReset(on.card(0));
                if (on.controller.newest(server.id()).orElseThrow() instanceof Failed report) {
                    failed++;
                    assertThat(report.failure().code()).isIn("DeviceUnreadable", "KernelEAGAIN");
                    await().atMost(LONG_ENOUGH).untilAsserted(() -> on.assertClean(server));
                } else {
                    on.assertRuns(server);
                    reset = false;
                }
                assertGone(on, server);
            }
        }
        assertThat(failed).isGreaterThan(15);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void inResetAtAnyCallOfADeleteNothingIsLeftInTheEnd(boolean once) {
        boolean reset = true;
        int open = 0;
        for (int call = 0; reset; call++) {
            try (AgentOnSimulatedHost on = fresh(SimulatedCard.CONNECTX_5);
                    Log log = Log.of(Observations.class)) {
                DesiredServer server = server(on);
                on.controller.want(Samples.state(1, server));
                on.start();
                on.awaitReport(server, Observed.class);
                on.stop();
                on.controller.want(Samples.state(2, Samples.absent(server)));
                AtomicBoolean begun = resetAt(on, call, once);
                on.start();
                await().dontCatchUncaughtExceptions()
                        .atMost(LONG_ENOUGH)
                        .pollInterval(Duration.ofMillis(2))
                        .until(() -> isAbsent(on, server)
                                || log.lines().stream().anyMatch(line -> line.contains("cannot be removed yet")));
                reset = begun.get();
                if (!isAbsent(on, server)) {
                    open++;
                    on.host.endReset(on.card(0));
                }
                on.awaitReport(server, Absent.class);
                on.assertClean(server);
                assertThat(call).as("calls so far").isLessThan(200);
            }
        }
        assertThat(open > 10)
                .as("of those in which the reset lasts, the release stays open")
                .isEqualTo(!once);
    }

    @Test
    void inResetAtAnyCallOfAnAttachmentTheVirtualFunctionIsThereInTheEnd() {
        AtomicBoolean reset = new AtomicBoolean(true);
        for (int call = 0; reset.get(); call++) {
            try (AgentOnSimulatedHost on = fresh(SimulatedCard.CONNECTX_5)) {
                DesiredServer server = Samples.server(Samples.bridgeNic(1));
                Direct nic = Samples.direct(on.card(0), 3, 1);
                on.controller.want(Samples.state(1, server));
                on.start();
                on.awaitReport(server, Observed.class);
                on.stop();
                on.controller.want(Samples.state(2, with(server, nic, Presence.PRESENT)));
                reset = resetAt(on, call, true);
                on.start();
                Observed report = on.awaitObserved(
                        server,
                        each -> each.interfaces().size() == 2 || !each.failed().isEmpty());
                assertThat(report.failed()).isEmpty();
                on.assertRuns(with(server, nic, Presence.PRESENT));
                assertGone(on, with(server, nic, Presence.PRESENT));
                assertThat(call).as("calls so far").isLessThan(200);
            }
        }
    }

    /** Once, or until the agent has said that it could not release the VF. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void inResetAtAnyCallOfADetachmentTheVirtualFunctionIsNobodysInTheEnd(boolean once) {
        boolean reset = true;
        int open = 0;
        for (int call = 0; reset; call++) {
            try (AgentOnSimulatedHost on = fresh(SimulatedCard.CONNECTX_5)) {
                DesiredServer server = Samples.server(Samples.bridgeNic(1));
                Direct nic = Samples.direct(on.card(0), 3, 1);
                on.controller.want(Samples.state(1, server.wired(List.of(nic))));
                on.start();
                on.awaitReport(server, Observed.class);
                on.stop();
                on.controller.want(Samples.state(2, with(server.wired(List.of()), nic, Presence.ABSENT)));
                AtomicBoolean begun = resetAt(on, call, once);
                on.start();
                Observed report = on.awaitObserved(
                        server, each -> !each.gone().isEmpty() || !each.failed().isEmpty());
                reset = begun.get();
                if (report.gone().isEmpty()) {
                    open++;
                    assertThat(report.failed().getFirst().failure().code()).isIn("DeviceUnreadable", "KernelEAGAIN");
                    on.host.endReset(on.card(0));
                }
                assertThat(on.awaitObserved(server, each -> !each.gone().isEmpty())
                                .gone()
                                .getFirst()
                                .released())
                        .containsExactly(nic.lease());
                assertThat(on.host.tuple(on.card(0), 3)).isEqualTo(AgentOnSimulatedHost.NEUTRAL);
                assertThat(on.host.running()).containsExactly(server.id());
                assertThat(call).as("calls so far").isLessThan(200);
            }
        }
        assertThat(open > 5)
                .as("of those in which the reset lasts, the release stays open")
                .isEqualTo(!once);
    }

    private static DesiredServer with(DesiredServer server, Direct nic, Presence presence) {
        List<DesiredInterface> nics = new ArrayList<>(server.interfaces());
        nics.add(nic.wished(new Wish(presence, 5)));
        return server.wired(nics);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void killedAtAnyCallOfABootWhileTheLinkIsDownItRunsInTheEnd(boolean afterEffect) {
        boolean killed = true;
        for (int call = 0; killed; call++) {
            try (AgentOnSimulatedHost on = fresh(SimulatedCard.INTEL_X540)) {
                DesiredServer server = server(on);
                on.host.linkSpeed(on.card(0), 0);
                on.controller.want(Samples.state(1, server));
                on.host.connect();
                on.host.faults().killAt(call, afterEffect);
                on.start();
                killed = isKilledBefore(on, server, Observed.class);
                on.restart();
                on.awaitReport(server, Observed.class);
                on.assertRuns(server);
                assertGone(on, server);
                assertThat(call).as("calls so far").isLessThan(200);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void killedAtAnyCallOfADeleteWhileTheLinkIsDownNothingIsLeftInTheEnd(boolean afterEffect) {
        boolean killed = true;
        for (int call = 0; killed; call++) {
            try (AgentOnSimulatedHost on = fresh(SimulatedCard.INTEL_X540)) {
                DesiredServer server = server(on);
                on.controller.want(Samples.state(1, server));
                on.start();
                on.awaitReport(server, Observed.class);
                on.stop();
                on.host.linkSpeed(on.card(0), 0);
                on.controller.want(Samples.state(2, Samples.absent(server)));
                on.host.faults().killAt(call, afterEffect);
                on.start();
                killed = isKilledBefore(on, server, Absent.class);
                on.restart();
                assertGone(on, server);
                assertThat(call).as("calls so far").isLessThan(200);
            }
        }
    }

    /**
     * Puts the card in reset at the nth call from now, before its effect.
     *
     * @param once whether the call after that finds it as before
     * @return whether that call has been made
     */
    private static AtomicBoolean resetAt(AgentOnSimulatedHost on, int number, boolean once) {
        long at = on.host.faults().calls() + number;
        AtomicBoolean begun = new AtomicBoolean();
        on.host.faults().listen((call, _) -> {
            long now = on.host.faults().calls();
            if (call.isSurvey() || now < at) {
                return;
            }
            if (begun.compareAndSet(false, true)) {
                on.host.beginReset(on.card(0));
            } else if (once && now > at) {
                on.host.endReset(on.card(0));
            }
        });
        return begun;
    }

    private static boolean isAbsent(AgentOnSimulatedHost on, DesiredServer server) {
        return on.controller
                .newest(server.id())
                .filter(Absent.class::isInstance)
                .isPresent();
    }

    private AgentOnSimulatedHost fresh(SimulatedCard kind) {
        return new AgentOnSimulatedHost(directory.resolve("run" + runs++), kind);
    }

    private static DesiredServer server(AgentOnSimulatedHost on) {
        return Samples.server(Samples.bridgeNic(1), Samples.direct(on.card(0), 3, 1));
    }

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

    private static void assertGone(AgentOnSimulatedHost on, DesiredServer server) {
        on.controller.want(Samples.state(10, Samples.absent(server)));
        assertThat(on.awaitReport(server, Absent.class).released()).hasSize(1);
        on.assertClean(server);
    }
}
