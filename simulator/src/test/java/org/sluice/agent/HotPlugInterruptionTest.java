package org.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.sluice.agent.Powers.paused;
import static org.sluice.agent.Powers.running;
import static org.sluice.agent.Powers.stopped;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sluice.agent.step.StepObserver;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredInterface.Bridge;
import org.sluice.model.protocol.DesiredInterface.Direct;
import org.sluice.model.protocol.DesiredInterface.Presence;
import org.sluice.model.protocol.DesiredInterface.Wish;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.ServerReport.Absent;
import org.sluice.model.protocol.ServerReport.Observed;
import org.sluice.simulator.PowerLoss;
import org.sluice.simulator.SimulatedCard;

/**
 * Walks through the attachment and the detachment of a NIC as {@link InterruptionTest} walks through a boot: of a tap and of a VF, of
 * a guest that runs, is paused, or is off, and at every single point of them kills the agent, or has the host refuse the call.
 * Wherever that is, the end is the same as without it.
 */
class HotPlugInterruptionTest {
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);
    private static final long CHANGE = 7;
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

    /** What the guest does meanwhile. */
    enum GuestState {
        RUNNING,
        PAUSED,
        OFF;

        private Power power() {
            return switch (this) {
                case RUNNING -> Power.ON;
                case PAUSED -> paused(1);
                case OFF -> stopped(1);
            };
        }

        private boolean isOn() {
            return this != OFF;
        }
    }

    /**
     * A NIC that comes to a server or goes from it.
     *
     * @param presence what is wanted of it in the end
     * @param isDirect whether it is a VF
     */
    record Move(Presence presence, boolean isDirect, GuestState guest) {
        private boolean comes() {
            return presence == Presence.PRESENT;
        }
    }

    static List<Named<Move>> moves() {
        return Stream.of(Presence.values())
                .flatMap(presence -> Stream.of(true, false)
                        .flatMap(direct ->
                                Stream.of(GuestState.values()).map(guest -> new Move(presence, direct, guest))))
                .map(move -> Named.of(
                        (move.comes() ? "attach" : "detach")
                                + (move.isDirect() ? " a VF, guest " : " a tap, guest ")
                                + move.guest(),
                        move))
                .toList();
    }

    /** One run: the server without the NIC, the NIC, and the server as it is wanted. */
    private record Case(AgentOnSimulatedHost on, Move move, DesiredServer server, DesiredInterface nic)
            implements AutoCloseable {
        DesiredServer with(Wish wish) {
            List<DesiredInterface> nics = new ArrayList<>(server.interfaces());
            nics.add(nic.wished(wish));
            return server.wired(nics);
        }

        DesiredServer wanted() {
            return with(new Wish(move.presence(), CHANGE)).powered(move.guest().power());
        }

        /** Whether the report says that it is done; one that is off says nothing of NICs that it will have. */
        boolean isDone(Observed report) {
            return move.comes()
                    ? move.guest().isOn()
                            ? report.interfaces().stream()
                                    .anyMatch(state -> state.port().equals(nic.port()))
                            : report.generation() == move.guest().power().generation()
                    : report.gone().stream().anyMatch(gone -> gone.change() == CHANGE);
        }

        @Override
        public void close() {
            on.close();
        }
    }

    /** A server that stands as the move finds it, whose agent has stopped; the move is wanted already. */
    private Case standing(Move move) {
        AgentOnSimulatedHost on = new AgentOnSimulatedHost(directory.resolve("run" + runs++), SimulatedCard.CONNECTX_5);
        on.missNicsAfter(Duration.ofMillis(30));
        DesiredInterface nic = move.isDirect() ? Samples.direct(on.card(0), 3, 1) : Samples.bridgeNic(2);
        DesiredServer server = Samples.server(Samples.bridgeNic(1), Samples.direct(on.card(0), 1, 1));
        Case run = new Case(on, move, server, nic);
        DesiredServer first = move.comes() ? server : run.with(Wish.THERE);
        on.controller.want(Samples.state(1, first));
        on.start();
        on.awaitReport(server, Observed.class);
        if (move.guest() != GuestState.RUNNING) {
            on.controller.want(Samples.state(2, first.powered(move.guest().power())));
            on.awaitObeyed(server, move.guest().power());
        }
        on.stop();
        on.controller.forgetReports();
        on.controller.want(Samples.state(3, run.wanted()));
        return run;
    }

    /** Kills the agent at the nth point between two changes. */
    private static StepObserver killAt(Case run, int point) {
        AtomicInteger left = new AtomicInteger(point);
        return (moment, name) -> {
            if (run.on().host.faults().isKilled()) {
                throw new PowerLoss(name);
            }
            if (left.getAndDecrement() == 0) {
                run.on().host.faults().kill();
                throw new PowerLoss(moment + " " + name);
            }
        };
    }

    /** Waits for the end of this agent's part: it was killed, or has said that it is done, or that a paused guest keeps its NIC. */
    private static boolean isKilledBeforeItsEnd(Case run) {
        await().dontCatchUncaughtExceptions()
                .atMost(LONG_ENOUGH)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> run.on().host.faults().isKilled()
                        || run.on()
                                .controller
                                .newest(run.server().id())
                                .filter(Observed.class::isInstance)
                                .map(Observed.class::cast)
                                .filter(report ->
                                        run.isDone(report) || !report.failed().isEmpty())
                                .isPresent());
        return run.on().host.faults().isKilled();
    }

    private static void assertDone(Case run) {
        AgentOnSimulatedHost on = run.on();
        DesiredServer server = run.server();
        boolean clings = !run.move().comes() && run.move().guest() == GuestState.PAUSED;
        if (clings) {
            // A guest that stands still gives nothing up; then nothing of it is touched.
            on.awaitObserved(server, report -> !report.failed().isEmpty());
            assertThat(on.host.domain(server.id()).orElseThrow().nics()).hasSize(3);
            if (run.nic() instanceof Direct function) {
                assertThat(on.host.tuple(on.card(0), function.lease().index()).mac())
                        .isEqualTo(function.mac());
            }
            on.controller.want(Samples.state(4, run.wanted().powered(running(2))));
        }
        Observed report = on.awaitObserved(server, run::isDone);
        assertThat(report.failed()).isEmpty();
        assertThat(report.failure()).isEmpty();
        DesiredServer expected = run.move().comes() ? run.with(Wish.THERE) : server;
        if (run.move().comes()) {
            assertThat(report.gone()).isEmpty();
        } else {
            assertThat(report.gone())
                    .singleElement()
                    .satisfies(gone ->
                            assertThat(gone.released()).isEqualTo(run.nic().leases()));
            assertNothingLeft(run);
        }
        if (run.move().guest() != GuestState.RUNNING) {
            on.controller.want(Samples.state(5, run.wanted().powered(running(3))));
            on.awaitObeyed(server, running(3));
        }
        assertRunsWith(run, expected);
        assertThat(on.host.starts(server.id())).isEqualTo(run.move().guest() == GuestState.OFF ? 2 : 1);
        assertGone(run, expected);
    }

    private static void assertRunsWith(Case run, DesiredServer expected) {
        AgentOnSimulatedHost on = run.on();
        on.awaitObserved(
                expected,
                report -> report.interfaces().size() == expected.interfaces().size());
        on.assertRuns(expected);
        assertThat(on.host.domain(expected.id()).orElseThrow().nics())
                .map(nic -> nic.port())
                .containsExactlyElementsOf(expected.interfaces().stream()
                        .map(DesiredInterface::port)
                        .toList());
    }

    private static void assertNothingLeft(Case run) {
        switch (run.nic()) {
            case Bridge tap -> {
                assertThat(run.on().host.taps()).doesNotContain(tap.port());
                assertThat(run.on().host.clients(tap.network()))
                        .noneMatch(client -> client.nic().port().equals(tap.port()));
            }
            case Direct function ->
                assertThat(run.on()
                                .host
                                .tuple(
                                        function.lease().physicalFunction(),
                                        function.lease().index()))
                        .isEqualTo(AgentOnSimulatedHost.NEUTRAL);
        }
    }

    private static void assertGone(Case run, DesiredServer server) {
        run.on().controller.want(Samples.state(10, Samples.absent(server)));
        assertThat(run.on().awaitReport(server, Absent.class).released())
                .containsExactlyInAnyOrderElementsOf(server.leases());
        run.on().assertClean(server);
        run.on().stop();
    }

    @ParameterizedTest
    @MethodSource("moves")
    void killedBetweenAnyTwoStepsItIsDoneInTheEnd(Move move) {
        boolean killed = true;
        int point;
        for (point = 0; killed; point++) {
            try (Case run = standing(move)) {
                run.on().start(killAt(run, point));
                killed = isKilledBeforeItsEnd(run);
                run.on().start();
                assertDone(run);
            }
        }
        // The journal's writes at least.
        assertThat(point).isGreaterThan(move.isDirect() && move.guest() == GuestState.RUNNING ? 20 : 2);
    }

    @ParameterizedTest
    @MethodSource("moves")
    void killedAfterAnyCallItIsDoneInTheEnd(Move move) {
        boolean killed = true;
        for (int call = 0; killed; call++) {
            try (Case run = standing(move)) {
                run.on().host.faults().killAt(call, true);
                run.on().start();
                killed = isKilledBeforeItsEnd(run);
                run.on().host.faults().clear();
                run.on().start();
                assertDone(run);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("moves")
    void killedAgainAndAgainItIsDoneInTheEnd(Move move) {
        Random random = new Random(2403);
        for (int round = 0; round < 8; round++) {
            try (Case run = standing(move)) {
                for (int kill = 0; kill < 4; kill++) {
                    run.on().start(killAt(run, random.nextInt(30)));
                    isKilledBeforeItsEnd(run);
                }
                run.on().start();
                assertDone(run);
            }
        }
    }

    /** What cannot be attached is undone whole; what cannot be detached is tried on. */
    @ParameterizedTest
    @MethodSource("moves")
    void refusedAtAnyCallItIsWhollyThereOrWhollyGone(Move move) {
        int failed = 0;
        for (int call = 0; call < 40; call++) {
            try (Case run = standing(move)) {
                AgentOnSimulatedHost on = run.on();
                on.host.faults().refuseAt(call, "ENOMEM");
                on.start();
                Observed report = on.awaitObserved(
                        run.server(), each -> run.isDone(each) || !each.failed().isEmpty());
                // It is for this change, and not for what comes after it.
                on.host.faults().clear();
                if (!move.comes()) {
                    assertDone(run);
                    continue;
                }
                if (report.failed().isEmpty()) {
                    assertDone(run);
                    continue;
                }
                failed++;
                assertThat(report.failed().getFirst().failure().reason()).contains("ENOMEM");
                // One that stands still may have got it, and gives it up when it goes on.
                on.controller.want(Samples.state(4, run.wanted().powered(running(2))));
                assertThat(on.awaitObserved(run.server(), each -> !each.gone().isEmpty())
                                .gone()
                                .getFirst()
                                .released())
                        .isEqualTo(run.nic().leases());
                assertNothingLeft(run);
                assertThat(on.host.domain(run.server().id()).orElseThrow().nics())
                        .hasSize(2);
                assertGone(run, run.with(new Wish(Presence.PRESENT, CHANGE)));
            }
        }
        assertThat(failed).isGreaterThan(move.comes() && move.guest().isOn() ? (move.isDirect() ? 8 : 3) : -1);
    }
}
