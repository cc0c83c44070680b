package org.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.sluice.agent.Powers.paused;
import static org.sluice.agent.Powers.rebooted;
import static org.sluice.agent.Powers.running;
import static org.sluice.agent.Powers.stopped;
import static org.sluice.agent.Powers.suspended;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.agent.step.StepObserver;
import org.sluice.model.ImageId;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.DiskWish;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.Power.Ending;
import org.sluice.model.protocol.Power.Level;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport;
import org.sluice.model.protocol.ServerReport.Absent;
import org.sluice.model.protocol.ServerReport.Failed;
import org.sluice.model.protocol.ServerReport.Observed;
import org.sluice.simulator.HostCall;
import org.sluice.simulator.PowerLoss;
import org.sluice.simulator.SimulatedCard;

/**
 * Walks through a boot and a delete, and at every single point of them kills the agent, or has the host refuse the call.
 * Wherever that is, the end is the same as without it.
 */
class InterruptionTest {
    private static final DesiredServer.Image ANOTHER_IMAGE =
            new DesiredServer.Image(new ImageId(new UUID(3, 4)), "qcow2", 2048, "1".repeat(128));

    private static final ImageId COPY = new ImageId(new UUID(5, 6));
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
                killed = isKilledBefore(on, server, Observed.class);
                on.start();
                assertRunsAndGoes(on, server);
            }
        }
        // The journal's writes, the ledger's, and both sides of every step.
        assertThat(point).isGreaterThan(40);
    }

    /** Whether it was to be off from the beginning, or is so since the agent was killed, with its guest on perhaps. */
    @ParameterizedTest
    @EnumSource(
            value = Level.class,
            names = {"STOPPED", "RUNNING"})
    void killedBetweenAnyTwoStepsOfABuildOneThatIsToBeOffIsOffInTheEnd(Level before) throws IOException {
        boolean killed = true;
        int point;
        for (point = 0; killed; point++) {
            try (AgentOnSimulatedHost on = fresh()) {
                DesiredServer server = server(on);
                on.controller.want(Samples.state(1, server.powered(new Power(before, 1, 0, Ending.AT_ONCE))));
                on.start(new KillAt(on, point));
                killed = isKilledBefore(on, server, Observed.class);
                Power off = new Power(Level.STOPPED, 2, 0, Ending.AT_ONCE);
                on.controller.want(Samples.state(2, server.powered(off)));
                on.start();
                on.awaitObeyed(server, off);
                assertThat(on.host.domain(server.id())).isEmpty();
                assertThat(on.host.disks()).containsExactly(server.id());
                assertThat(on.host.starts(server.id())).isLessThanOrEqualTo(before == Level.STOPPED ? 0 : 1);
                on.controller.want(Samples.state(3, Samples.absent(server)));
                assertGone(on, server);
            }
        }
        assertThat(point).isGreaterThan(35);
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
                on.awaitReport(server, Observed.class);
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
                killed = isKilledBefore(on, server, Observed.class);
                on.restart();
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
                on.awaitReport(server, Observed.class);
                on.stop();
                on.controller.want(Samples.state(2, Samples.absent(server)));
                on.host.faults().killAt(call, afterEffect);
                on.start();
                killed = isKilledBefore(on, server, Absent.class);
                on.restart();
                assertGone(on, server);
            }
        }
        assertThat(call).isGreaterThan(15);
    }

    @Test
    void killedAgainAndAgainWhileItRecoversTheEndIsTheSame() throws IOException {
        Random random = new Random(2401);
        int kills = 0;
        for (int round = 0; round < 40; round++) {
            try (AgentOnSimulatedHost on = fresh()) {
                DesiredServer server = server(on);
                on.controller.want(Samples.state(1, server));
                for (int kill = 0; kill < 4; kill++) {
                    on.start(new KillAt(on, random.nextInt(60)));
                    kills += isKilledBefore(on, server, Observed.class) ? 1 : 0;
                }
                on.controller.want(Samples.state(2, Samples.absent(server)));
                for (int kill = 0; kill < 4; kill++) {
                    on.start(new KillAt(on, random.nextInt(60)));
                    kills += isKilledBefore(on, server, Absent.class) ? 1 : 0;
                }
                on.start();
                assertGone(on, server);
            }
        }
        assertThat(kills).as("of 320 agents").isGreaterThan(80);
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
                    assertThat(report.failure().reason()).contains("ENOMEM");
                    on.assertClean(server);
                    assertGone(on, server);
                } else {
                    on.assertRuns(server);
                    if (on.host.faults().isRefusalDue()) {
                        break;
                    }
                    // The first call only looks for what another agent may have left, and is made again; and an
                    // attribute that reads back as wished is set, whatever its driver answers.
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
        boolean isDue = false;
        int call;
        for (call = 0; !isDue; call++) {
            try (AgentOnSimulatedHost on = fresh()) {
                DesiredServer server = server(on);
                on.controller.want(Samples.state(1, server));
                on.start();
                on.awaitReport(server, Observed.class);
                on.stop();
                on.controller.want(Samples.state(2, Samples.absent(server)));
                on.host.faults().refuseAt(call, "ENOMEM");
                on.start();
                assertGone(on, server);
                isDue = on.host.faults().isRefusalDue();
            }
        }
        assertThat(call).as("calls of a delete").isGreaterThan(10);
    }

    /**
     * What a server is wished to do next.
     *
     * @param before the powers that it obeyed since it was built
     * @param wish the power that is wished then
     * @param starts how often its guest is to be started for that
     */
    record Change(List<Power> before, Power wish, int starts) {
        Change {
            before = List.copyOf(before);
        }
    }

    static List<Named<Change>> changes() {
        return List.of(
                Named.of("stop", new Change(List.of(), stopped(1), 0)),
                Named.of("stop at once", new Change(List.of(), new Power(Level.STOPPED, 1, 0, Ending.AT_ONCE), 0)),
                Named.of("start", new Change(List.of(stopped(1)), running(2), 1)),
                Named.of("soft reboot", new Change(List.of(), rebooted(1, 1, Ending.GRACEFUL), 1)),
                Named.of("hard reboot", new Change(List.of(), rebooted(1, 1, Ending.AT_ONCE), 1)),
                Named.of("pause", new Change(List.of(), paused(1), 0)),
                Named.of("unpause", new Change(List.of(paused(1)), running(2), 0)),
                Named.of("reboot of a paused one", new Change(List.of(paused(1)), rebooted(2, 1, Ending.GRACEFUL), 1)),
                Named.of("suspend", new Change(List.of(), suspended(1), 0)),
                Named.of("resume", new Change(List.of(suspended(1)), running(2), 0)),
                Named.of("stop of a suspended one", new Change(List.of(suspended(1)), stopped(2), 0)),
                Named.of(
                        "reboot of a suspended one",
                        new Change(List.of(suspended(1)), rebooted(2, 1, Ending.AT_ONCE), 1)),
                Named.of("rebuild", new Change(List.of(), new Power(Level.RUNNING, 1, 1, 1, Ending.AT_ONCE), 1)),
                Named.of(
                        "rebuild of one that is off",
                        new Change(List.of(stopped(1)), new Power(Level.STOPPED, 2, 1, 1, Ending.AT_ONCE), 0)));
    }

    /** The server with that wish; a disk that is to be made anew is to be made from another image. */
    private static DesiredServer wishing(DesiredServer server, Power wish) {
        return wish.rebuilds() > 0 ? server.imaged(ANOTHER_IMAGE).powered(wish) : server.powered(wish);
    }

    @ParameterizedTest
    @MethodSource("changes")
    void killedBetweenAnyTwoStepsOfAChangeOfPowerItIsDoneOnceInTheEnd(Change change) throws IOException {
        boolean killed = true;
        int point;
        for (point = 0; killed; point++) {
            try (AgentOnSimulatedHost on = fresh()) {
                DesiredServer server = standing(on, change);
                on.start(new KillAt(on, point));
                killed = isKilledBefore(on, server, change.wish());
                on.start();
                assertDoneOnce(on, server, change);
            }
        }
        // The journal's writes at least.
        assertThat(point).isGreaterThan(change.starts() > 0 ? 30 : 3);
    }

    /** What the next agent does on its own, from its journal, is no other thing than what was wished. */
    @ParameterizedTest
    @MethodSource("changes")
    void killedInAChangeOfPowerItIsDoneOnceThoughTheNextAgentHearsNobodyAtFirst(Change change) throws IOException {
        boolean killed = true;
        for (int point = 0; killed; point++) {
            try (AgentOnSimulatedHost on = fresh()) {
                DesiredServer server = standing(on, change);
                on.start(new KillAt(on, point));
                killed = isKilledBefore(on, server, change.wish());
                on.controller.beAway(true);
                on.start();
                int missed = on.controller.missed();
                await().dontCatchUncaughtExceptions()
                        .atMost(LONG_ENOUGH)
                        .pollInterval(Duration.ofMillis(2))
                        .until(() -> on.controller.missed() > missed + 10);
                on.controller.beAway(false);
                assertDoneOnce(on, server, change);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("changes")
    void killedAfterAnyCallOfAChangeOfPowerItIsDoneOnceInTheEnd(Change change) throws IOException {
        boolean killed = true;
        int call;
        for (call = 0; killed; call++) {
            try (AgentOnSimulatedHost on = fresh()) {
                DesiredServer server = standing(on, change);
                on.host.faults().killAt(call, true);
                on.start();
                killed = isKilledBefore(on, server, change.wish());
                on.restart();
                assertDoneOnce(on, server, change);
            }
        }
        assertThat(call).isGreaterThan(3);
    }

    @ParameterizedTest
    @MethodSource("changes")
    void killedAgainAndAgainInAChangeOfPowerItIsDoneOnceInTheEnd(Change change) throws IOException {
        Random random = new Random(2402);
        int kills = 0;
        for (int round = 0; round < 10; round++) {
            try (AgentOnSimulatedHost on = fresh()) {
                DesiredServer server = standing(on, change);
                for (int kill = 0; kill < 4; kill++) {
                    on.start(new KillAt(on, random.nextInt(change.starts() > 0 ? 40 : 8)));
                    kills += isKilledBefore(on, server, change.wish()) ? 1 : 0;
                }
                on.start();
                assertDoneOnce(on, server, change);
            }
        }
        assertThat(kills).as("of 40 agents").isGreaterThan(4);
    }

    /** Whether it obeys or not, it is reported as it is, and the next wish is obeyed. */
    @ParameterizedTest
    @MethodSource("changes")
    void refusedAtAnyCallOfAChangeOfPowerItIsAsBeforeOrAfter(Change change) throws IOException {
        boolean isDue = false;
        for (int call = 0; !isDue; call++) {
            try (AgentOnSimulatedHost on = fresh()) {
                DesiredServer server = standing(on, change);
                on.host.faults().refuseAt(call, "ENOMEM");
                on.start();
                Observed report = on.awaitObserved(
                        server, each -> each.generation() == change.wish().generation());
                if (report.failure().isEmpty()) {
                    on.awaitObeyed(server, change.wish());
                }
                isDue = on.host.faults().isRefusalDue();
                on.host.faults().clear();
                Power last = new Power(
                        Level.RUNNING, 9, change.wish().boots(), change.wish().rebuilds(), Ending.GRACEFUL);
                on.controller.want(Samples.state(9, wishing(server, last)));
                on.awaitObserved(
                        server,
                        each -> each.generation() == 9
                                && each.power() == PowerState.RUNNING
                                && each.failure().isEmpty());
                on.assertRuns(server);
                assertGone(on, server);
            }
        }
    }

    /** A server with the power that the change begins with, whose agent has stopped; the change is wished already. */
    private DesiredServer standing(AgentOnSimulatedHost on, Change change) {
        DesiredServer server = server(on);
        long revision = 1;
        on.controller.want(Samples.state(revision, server));
        on.start();
        on.awaitReport(server, Observed.class);
        for (Power wish : change.before()) {
            on.controller.want(Samples.state(++revision, server.powered(wish)));
            on.awaitObeyed(server, wish);
        }
        on.stop();
        on.controller.forgetReports();
        on.controller.want(Samples.state(++revision, wishing(server, change.wish())));
        return server;
    }

    private static boolean isKilledBefore(AgentOnSimulatedHost on, DesiredServer server, Power wish) {
        await().dontCatchUncaughtExceptions()
                .atMost(LONG_ENOUGH)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> on.host.faults().isKilled()
                        || on.controller
                                .newest(server.id())
                                .filter(report -> report instanceof Observed observed
                                        && observed.generation() == wish.generation())
                                .isPresent());
        return on.host.faults().isKilled();
    }

    private void assertDoneOnce(AgentOnSimulatedHost on, DesiredServer server, Change change) throws IOException {
        Observed report = on.awaitObeyed(server, change.wish());
        assertThat(report.failure()).isEmpty();
        assertThat(on.host.starts(server.id())).isEqualTo(1 + change.starts());
        assertThat(on.host.image(server.id()))
                .contains(wishing(server, change.wish()).image().id());
        switch (change.wish().level()) {
            case RUNNING -> on.assertRuns(server);
            case STOPPED -> assertThat(on.host.domain(server.id())).isEmpty();
            case PAUSED -> assertThat(on.host.domain(server.id())).isPresent();
            case SUSPENDED -> assertThat(on.host.domain(server.id())).isEmpty();
        }
        assertThat(on.host.saved().contains(server.id()))
                .isEqualTo(change.wish().level() == Level.SUSPENDED);
        // Nobody was told of what was only on the way there.
        assertThat(on.controller.reports())
                .map(Observed.class::cast)
                .filteredOn(each -> each.generation() == change.wish().generation())
                .extracting(Observed::power)
                .containsOnly(report.power());
        on.controller.want(Samples.state(8, Samples.absent(server)));
        on.awaitReport(server, Absent.class);
        on.assertClean(server);
        on.stop();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void killedAnywhereInACopyOfARunningDiskTheImageIsBroughtAndTheGuestRunsOn(boolean atCalls) throws IOException {
        boolean killed = true;
        int point;
        for (point = 0; killed; point++) {
            try (AgentOnSimulatedHost on = fresh()) {
                DesiredServer server = server(on);
                on.controller.want(Samples.state(1, server));
                on.start();
                on.awaitReport(server, Observed.class);
                on.stop();
                on.controller.want(Samples.state(2, server.wishing(DiskWish.copiedTo(COPY))));
                if (atCalls) {
                    on.host.faults().killAt(point, true);
                    on.start();
                } else {
                    on.start(new KillAt(on, point));
                }
                killed = isKilledBeforeItsImageIsThere(on);
                on.restart();
                await().dontCatchUncaughtExceptions()
                        .atMost(LONG_ENOUGH)
                        .pollInterval(Duration.ofMillis(2))
                        .until(() -> on.controller.images().containsKey(COPY)
                                && on.host.copies().isEmpty()
                                && on.host.running().contains(server.id()));
                assertThat(on.host.starts(server.id())).isEqualTo(1);
                assertThat(on.controller.reports()).noneMatch(ServerReport.NotCopied.class::isInstance);
                assertRunsAndGoes(on, server);
            }
        }
        assertThat(point).isGreaterThan(10);
    }

    /** Waits until the agent was killed, or was done with a copy and its remains. */
    private static boolean isKilledBeforeItsImageIsThere(AgentOnSimulatedHost on) {
        await().dontCatchUncaughtExceptions()
                .atMost(LONG_ENOUGH)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> on.host.faults().isKilled()
                        || (on.controller.images().containsKey(COPY)
                                && on.host.copies().isEmpty()));
        return on.host.faults().isKilled();
    }

    @Test
    void killedBetweenAnyTwoStepsWhileItTakesAwayWhatItsJournalLostNothingIsLeftInTheEnd() throws IOException {
        boolean killed = true;
        int point;
        for (point = 0; killed; point++) {
            try (AgentOnSimulatedHost on = fresh()) {
                DesiredServer server = server(on);
                on.controller.want(Samples.state(1, server));
                on.start();
                on.awaitReport(server, Observed.class);
                on.loseJournal();
                on.controller.want(Samples.state(2, Samples.absent(server)));
                on.start(new KillAt(on, point));
                killed = isKilledBefore(on, server, Absent.class);
                on.start();
                assertGone(on, server);
            }
        }
        assertThat(point).isGreaterThan(40);
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
        on.awaitReport(server, Observed.class);
        on.assertRuns(server);
        assertGone(on, server);
    }

    private void assertGone(AgentOnSimulatedHost on, DesiredServer server) throws IOException {
        on.controller.want(Samples.state(10, Samples.absent(server)));
        assertThat(on.awaitReport(server, Absent.class).released()).hasSize(1);
        on.assertClean(server);
        on.stop();
        try (Stream<Path> entries =
                Files.list(directory.resolve("run" + (runs - 1)).resolve("agent/journal/servers"))) {
            assertThat(entries).isEmpty();
        }
    }
}
