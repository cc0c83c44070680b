package org.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.sluice.agent.Powers.paused;
import static org.sluice.agent.Powers.running;
import static org.sluice.agent.Powers.stopped;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.agent.host.Hypervisor;
import org.sluice.model.PortId;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredInterface.Bridge;
import org.sluice.model.protocol.DesiredInterface.Direct;
import org.sluice.model.protocol.DesiredInterface.DirectAttributes;
import org.sluice.model.protocol.DesiredInterface.Presence;
import org.sluice.model.protocol.DesiredInterface.Wish;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport.Absent;
import org.sluice.model.protocol.ServerReport.InterfaceFailed;
import org.sluice.model.protocol.ServerReport.InterfaceGone;
import org.sluice.model.protocol.ServerReport.InterfaceState;
import org.sluice.model.protocol.ServerReport.Observed;
import org.sluice.simulator.HostCall;
import org.sluice.simulator.SimulatedCard;
import org.sluice.simulator.SpoofChecks;

/** NICs that come to a server that stands, and go from it. */
class HotPlugTest {
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private long revision;

    private AgentOnSimulatedHost host() {
        return new AgentOnSimulatedHost(directory, SimulatedCard.CONNECTX_5);
    }

    /** A server with one tap that runs. */
    private DesiredServer booted(AgentOnSimulatedHost on) {
        DesiredServer server = Samples.server(Samples.bridgeNic(1));
        want(on, server);
        on.start();
        on.awaitReport(server, Observed.class);
        return server;
    }

    private void want(AgentOnSimulatedHost on, DesiredServer server) {
        on.controller.want(Samples.state(++revision, server));
    }

    private static DesiredServer with(DesiredServer server, DesiredInterface nic, Presence presence, long change) {
        List<DesiredInterface> nics = new ArrayList<>(server.interfaces());
        nics.removeIf(each -> each.port().equals(nic.port()));
        nics.add(nic.wished(new Wish(presence, change)));
        return server.wired(nics);
    }

    private static DesiredServer coming(DesiredServer server, DesiredInterface nic, long change) {
        return with(server, nic, Presence.PRESENT, change);
    }

    private static DesiredServer going(DesiredServer server, DesiredInterface nic, long change) {
        return with(server, nic, Presence.ABSENT, change);
    }

    private static Observed awaitThere(AgentOnSimulatedHost on, DesiredServer server, DesiredInterface... nics) {
        List<PortId> ports = List.of(nics).stream().map(DesiredInterface::port).toList();
        return on.awaitObserved(
                server,
                report -> report.interfaces().stream()
                        .map(InterfaceState::port)
                        .toList()
                        .containsAll(ports));
    }

    private static InterfaceGone awaitGone(AgentOnSimulatedHost on, DesiredServer server, long change) {
        return on
                .awaitObserved(server, report -> report.gone().stream().anyMatch(nic -> nic.change() == change))
                .gone()
                .stream()
                .filter(nic -> nic.change() == change)
                .findFirst()
                .orElseThrow();
    }

    private static InterfaceFailed awaitFailed(AgentOnSimulatedHost on, DesiredServer server, long change) {
        return on
                .awaitObserved(server, report -> report.failed().stream().anyMatch(nic -> nic.change() == change))
                .failed()
                .stream()
                .filter(nic -> nic.change() == change)
                .findFirst()
                .orElseThrow();
    }

    private static List<PortId> inDomain(AgentOnSimulatedHost on, DesiredServer server) {
        return on.host.domain(server.id()).orElseThrow().nics().stream()
                .map(nic -> nic.port())
                .toList();
    }

    private static void assertNeutral(AgentOnSimulatedHost on, Direct nic) {
        assertThat(on.host.tuple(nic.lease().physicalFunction(), nic.lease().index()))
                .isEqualTo(AgentOnSimulatedHost.NEUTRAL);
        assertThat(on.host.driver(nic.lease().physicalFunction(), nic.lease().index()))
                .isEmpty();
    }

    @Test
    void aTapAndAVirtualFunctionComeToAServerThatRunsAndGoAgain() {
        try (AgentOnSimulatedHost on = host()) {
            DesiredServer server = booted(on);
            Bridge tap = Samples.bridgeNic(2);
            Direct function = Samples.direct(on.card(0), 3, 1);

            DesiredServer both = coming(coming(server, tap, 11), function, 12);
            want(on, both);
            Observed report = awaitThere(on, server, tap, function);
            assertThat(report.failed()).isEmpty();
            assertThat(report.gone()).isEmpty();
            assertThat(report.interfaces().getLast().virtualFunction()).isPresent();
            on.assertRuns(both);
            assertThat(inDomain(on, server))
                    .containsExactly(server.interfaces().getFirst().port(), tap.port(), function.port());
            assertThat(on.host.starts(server.id()))
                    .as("the guest was left running")
                    .isEqualTo(1);

            want(on, going(going(server, tap, 21), function, 22));
            assertThat(awaitGone(on, server, 22).released()).containsExactly(function.lease());
            assertThat(awaitGone(on, server, 21).released()).isEmpty();
            assertNeutral(on, function);
            assertThat(on.host.taps())
                    .containsExactly(server.interfaces().getFirst().port());
            assertThat(on.host.clients(Samples.NETWORK)).hasSize(1);
            assertThat(inDomain(on, server)).hasSize(1);
            assertThat(on.host.starts(server.id())).isEqualTo(1);

            // Once the controller speaks of them no more, nothing is said of them either.
            want(on, server);
            assertThat(on.awaitObserved(server, each -> each.gone().isEmpty()).interfaces())
                    .hasSize(1);
            assertGone(on, server);
        }
    }

    @Test
    void theNicThatTheServerWasBuiltWithGoesAsWell() {
        try (AgentOnSimulatedHost on = host()) {
            Direct function = Samples.direct(on.card(0), 3, 1);
            DesiredServer server = Samples.server(Samples.bridgeNic(1), function);
            want(on, server);
            on.start();
            on.awaitReport(server, Observed.class);

            want(on, going(server, function, 5));
            assertThat(awaitGone(on, server, 5).released()).containsExactly(function.lease());
            assertNeutral(on, function);
            assertThat(on.host.running()).containsExactly(server.id());
        }
    }

    @Test
    void aVirtualFunctionThatWentComesToTheNextServerUnderANewLease() {
        try (AgentOnSimulatedHost on = host()) {
            DesiredServer server = booted(on);
            Direct first = Samples.direct(on.card(0), 3, 1);
            want(on, coming(server, first, 1));
            awaitThere(on, server, first);
            want(on, going(server, first, 2));
            awaitGone(on, server, 2);

            Direct second = Samples.direct(on.card(0), 3, 2);
            want(on, coming(server, second, 3));
            awaitThere(on, server, second);
            on.assertRuns(coming(server, second, 3));
        }
    }

    @Test
    void silenceTakesNoNicAway() {
        try (AgentOnSimulatedHost on = host()) {
            DesiredServer server = booted(on);
            Direct function = Samples.direct(on.card(0), 3, 1);
            DesiredServer both = coming(server, function, 1);
            want(on, both);
            awaitThere(on, server, function);

            want(on, Samples.withMetadata(server, Map.of("told", "later")));
            await().atMost(LONG_ENOUGH)
                    .untilAsserted(() -> assertThat(on.host.clients(Samples.NETWORK))
                            .allSatisfy(client ->
                                    assertThat(client.server().metadata()).containsKey("told")));
            on.assertRuns(both);
        }
    }

    @Test
    void aGuestHasPortsForEightMoreUntilItIsStartedAnew() {
        try (AgentOnSimulatedHost on = host()) {
            DesiredServer server = booted(on);
            DesiredServer full = server;
            for (int index = 0; index < Hypervisor.SPARE_PORTS; index++) {
                full = coming(full, Samples.bridgeNic(2 + index), 10 + index);
            }
            want(on, full);
            awaitThere(on, server, full.interfaces().toArray(DesiredInterface[]::new));

            Direct ninth = Samples.direct(on.card(0), 3, 1);
            want(on, coming(full, ninth, 30));
            assertThat(awaitFailed(on, server, 30).failure().reason()).contains("No more available PCI slots");
            assertThat(awaitGone(on, server, 30).released()).containsExactly(ninth.lease());
            assertNeutral(on, ninth);
            on.assertRuns(full);

            // One that goes leaves its port.
            want(on, going(full, Samples.bridgeNic(2), 31));
            awaitGone(on, server, 31);
            Direct next = Samples.direct(on.card(0), 3, 2);
            want(on, coming(going(full, Samples.bridgeNic(2), 31), next, 32));
            awaitThere(on, server, next);
        }
    }

    @Test
    void whatCannotBeAttachedIsUndoneWholeAndNotTriedAgain() {
        try (AgentOnSimulatedHost on = host()) {
            DesiredServer server = booted(on);
            on.host.spoofChecks(on.card(0), SpoofChecks.ALWAYS_ON);
            Direct function = Samples.direct(on.card(0), 3, 1, new DirectAttributes(0, false, false, 0, 0));
            want(on, coming(server, function, 7));

            assertThat(awaitFailed(on, server, 7).failure().reason()).contains("spoof");
            assertThat(awaitGone(on, server, 7).released()).containsExactly(function.lease());
            assertNeutral(on, function);
            assertThat(inDomain(on, server)).hasSize(1);
            on.assertRuns(server);

            on.start();
            assertThat(awaitFailed(on, server, 7).port()).isEqualTo(function.port());
            assertNeutral(on, function);
        }
    }

    @Test
    void aPortThatCouldNotBeAttachedIsTriedAgainUnderANewNumber() {
        try (AgentOnSimulatedHost on = host()) {
            DesiredServer server = booted(on);
            Bridge tap = Samples.bridgeNic(2);
            on.host.faults().refuse(HostCall.ATTACH_NIC, "ENOMEM", 1);
            want(on, coming(server, tap, 1));
            assertThat(awaitFailed(on, server, 1).failure().reason()).contains("ENOMEM");
            assertThat(on.host.taps()).hasSize(1);

            want(on, coming(server, tap, 2));
            Observed report = awaitThere(on, server, tap);
            assertThat(report.failed()).isEmpty();
            assertThat(report.gone()).isEmpty();
            on.assertRuns(coming(server, tap, 2));
        }
    }

    @Test
    void aGuestThatClingsToItsNicKeepsItUntilItIsOff() {
        try (AgentOnSimulatedHost on = host()) {
            on.missNicsAfter(Duration.ofMillis(100));
            DesiredServer server = booted(on);
            Direct function = Samples.direct(on.card(0), 3, 1);
            want(on, coming(server, function, 1));
            awaitThere(on, server, function);
            on.host.clingToNics(server.id(), true);

            want(on, going(server, function, 2));
            InterfaceFailed failed = awaitFailed(on, server, 2);
            assertThat(failed.failure().code()).isEqualTo("InterfaceNotGivenUp");
            assertThat(failed.failure().fix())
                    .hasValueSatisfying(fix -> assertThat(fix).contains("stop the server"));
            assertThat(on.awaitObserved(server, each -> true).gone()).isEmpty();
            on.assertRuns(coming(server, function, 1));

            want(on, going(server, function, 2).powered(stopped(1)));
            assertThat(awaitGone(on, server, 2).released()).containsExactly(function.lease());
            assertNeutral(on, function);
            want(on, going(server, function, 2).powered(running(2)));
            on.awaitObeyed(server, running(2));
            assertThat(inDomain(on, server)).hasSize(1);
        }
    }

    @Test
    void aGuestIsAskedForItsNicUntilItGivesItUp() {
        try (AgentOnSimulatedHost on = host()) {
            on.missNicsAfter(Duration.ofMillis(50));
            DesiredServer server = booted(on);
            Bridge tap = Samples.bridgeNic(2);
            want(on, coming(server, tap, 1));
            awaitThere(on, server, tap);
            on.host.clingToNics(server.id(), true);
            want(on, going(server, tap, 2));
            awaitFailed(on, server, 2);

            on.host.clingToNics(server.id(), false);
            awaitGone(on, server, 2);
            assertThat(on.awaitObserved(server, each -> each.failed().isEmpty()).gone())
                    .hasSize(1);
            assertThat(on.host.taps()).hasSize(1);
        }
    }

    @Test
    void nothingIsTouchedUntilASlowGuestHasGivenItsNicUp() {
        try (AgentOnSimulatedHost on = host()) {
            on.compareEvery(Duration.ofHours(1));
            DesiredServer server = booted(on);
            Direct function = Samples.direct(on.card(0), 3, 1);
            want(on, coming(server, function, 1));
            awaitThere(on, server, function);
            on.host.takeTimeWithNics(server.id());
            List<HostCall> sets = Collections.synchronizedList(new ArrayList<>());
            List<HostCall> asked = Collections.synchronizedList(new ArrayList<>());
            on.host.faults().listen((call, _) -> {
                if (call == HostCall.DETACH_NIC) {
                    asked.add(call);
                } else if (call.name().startsWith("SET_") || call == HostCall.UNBIND) {
                    sets.add(call);
                }
            });

            want(on, going(server, function, 2));
            await().atMost(LONG_ENOUGH).until(() -> !asked.isEmpty());
            on.assertRuns(coming(server, function, 1));
            assertThat(sets).isEmpty();

            // The event alone has the agent look: there is no comparison for an hour.
            on.host.giveNicsUp(server.id());
            awaitGone(on, server, 2);
            assertNeutral(on, function);
            assertThat(asked).as("it is asked once").hasSize(1);
        }
    }

    @Test
    void aPausedGuestTakesANicAndGivesItUpWhenItGoesOn() {
        try (AgentOnSimulatedHost on = host()) {
            on.missNicsAfter(Duration.ofMillis(50));
            DesiredServer server = booted(on);
            Direct function = Samples.direct(on.card(0), 3, 1);
            want(on, server.powered(paused(1)));
            on.awaitPower(server, PowerState.PAUSED);
            want(on, coming(server, function, 1).powered(paused(1)));
            assertThat(awaitThere(on, server, function).power()).isEqualTo(PowerState.PAUSED);

            want(on, going(server, function, 2).powered(paused(1)));
            assertThat(awaitFailed(on, server, 2).failure().reason()).contains("it is paused");
            want(on, going(server, function, 2).powered(running(2)));
            assertThat(awaitGone(on, server, 2).released()).containsExactly(function.lease());
            assertNeutral(on, function);
        }
    }

    @Test
    void whileAGuestIsOffItsNicsAreAMatterOfTheNextStart() {
        try (AgentOnSimulatedHost on = host()) {
            Direct built = Samples.direct(on.card(0), 3, 1);
            DesiredServer server = Samples.server(Samples.bridgeNic(1), built);
            want(on, server.powered(stopped(1)));
            on.start();
            on.awaitObeyed(server, stopped(1));

            Direct function = Samples.direct(on.card(0), 4, 1);
            DesiredServer other = going(coming(server, function, 1), built, 2);
            want(on, other.powered(stopped(1)));
            assertThat(awaitGone(on, server, 2).released()).containsExactly(built.lease());
            assertNeutral(on, built);
            assertThat(on.host.tuple(on.card(0), 4).vlan())
                    .as("a VF is programmed by the start that it is for")
                    .isZero();

            want(on, other.powered(running(2)));
            on.awaitObeyed(server, running(2));
            awaitThere(on, server, function);
            on.assertRuns(server.wired(List.of(server.interfaces().getFirst(), function)));
        }
    }

    @Test
    void aServerThatIsDeletedTakesWithItWhatComesAndGoes() {
        try (AgentOnSimulatedHost on = host()) {
            DesiredServer server = booted(on);
            Direct going = Samples.direct(on.card(0), 3, 1);
            want(on, coming(server, going, 1));
            awaitThere(on, server, going);
            on.host.clingToNics(server.id(), true);
            DesiredServer unplugging = going(server, going, 2);
            List<String> asked = Collections.synchronizedList(new ArrayList<>());
            on.host.faults().listen((call, what) -> {
                if (call == HostCall.DETACH_NIC) {
                    asked.add(what);
                }
            });
            want(on, unplugging);
            await().atMost(LONG_ENOUGH).until(() -> !asked.isEmpty());

            // One of them was never heard of here; its lease is given up with the others.
            Direct never = Samples.direct(on.card(0), 5, 1);
            DesiredServer both = coming(unplugging, never, 3);
            want(on, Samples.absent(both));
            assertThat(on.awaitReport(server, Absent.class).released())
                    .containsExactlyInAnyOrder(going.lease(), never.lease());
            on.assertClean(both);
        }
    }

    @Test
    void aVirtualFunctionThatTheJournalLostIsReleasedAllTheSame() throws IOException {
        try (AgentOnSimulatedHost on = host()) {
            Direct function = Samples.direct(on.card(0), 3, 1);
            DesiredServer server = Samples.server(Samples.bridgeNic(1), function);
            want(on, server);
            on.start();
            on.awaitReport(server, Observed.class);
            on.loseJournal();

            want(on, going(server, function, 4));
            on.start();
            assertThat(awaitGone(on, server, 4).released()).containsExactly(function.lease());
            assertNeutral(on, function);
            assertThat(inDomain(on, server)).hasSize(1);
        }
    }

    @Test
    void aNicThatIsToGoFromAServerThatWasNeverBuiltIsGone() {
        try (AgentOnSimulatedHost on = host()) {
            Direct function = Samples.direct(on.card(0), 3, 1);
            DesiredServer server = going(Samples.server(Samples.bridgeNic(1)), function, 4);
            want(on, server);
            on.start();
            assertThat(awaitGone(on, server, 4).released()).containsExactly(function.lease());
            assertThat(inDomain(on, server)).hasSize(1);
            assertThat(on.host.tuple(on.card(0), 3)).isEqualTo(AgentOnSimulatedHost.NEUTRAL);
        }
    }

    @Test
    void aHostThatRebootsInBetweenEndsWithTheNicsThatAreWanted() {
        try (AgentOnSimulatedHost on = host()) {
            DesiredServer server = booted(on);
            Direct going = Samples.direct(on.card(0), 3, 1);
            want(on, coming(server, going, 1));
            awaitThere(on, server, going);
            on.host.clingToNics(server.id(), true);
            want(on, going(server, going, 2));
            await().atMost(LONG_ENOUGH).until(() -> {
                Optional<Observed> newest = on.controller
                        .newest(server.id())
                        .filter(Observed.class::isInstance)
                        .map(Observed.class::cast);
                return newest.isPresent() && newest.get().interfaces().size() == 1;
            });
            on.stop();
            on.host.reboot();
            Bridge coming = Samples.bridgeNic(2);
            DesiredServer after = coming(going(server, going, 2), coming, 3);
            want(on, after);
            on.start();
            awaitThere(on, server, coming);
            awaitGone(on, server, 2);
            on.assertRuns(server.wired(List.of(server.interfaces().getFirst(), coming)));
        }
    }

    private void assertGone(AgentOnSimulatedHost on, DesiredServer server) {
        want(on, Samples.absent(server));
        on.awaitReport(server, Absent.class);
        on.assertClean(server);
    }
}
