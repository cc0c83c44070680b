package org.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.host.VirtualFunctions;
import org.sluice.agent.host.VirtualFunctions.Setting;
import org.sluice.agent.power.Observations;
import org.sluice.model.protocol.DesiredInterface.Direct;
import org.sluice.model.protocol.DesiredInterface.DirectAttributes;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.PhysicalFunction;
import org.sluice.model.protocol.PhysicalFunctionKey;
import org.sluice.model.protocol.ServerReport.Absent;
import org.sluice.model.protocol.ServerReport.Failed;
import org.sluice.model.protocol.ServerReport.Observed;
import org.sluice.simulator.Faults;
import org.sluice.simulator.HostCall;
import org.sluice.simulator.SimulatedCard;
import org.sluice.simulator.SpoofChecks;

/** Servers on cards that are in reset, that have left, and whose drivers have manners of their own. */
class FunctionFaultsTest {
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private AgentOnSimulatedHost on;
    private PhysicalFunctionKey card;
    private Direct function;
    private DesiredServer server;

    @BeforeEach
    void prepare() {
        on = new AgentOnSimulatedHost(directory, SimulatedCard.CONNECTX_5, SimulatedCard.INTEL_82576);
        card = on.card(0);
        function = Samples.direct(card, 3, 7);
        server = Samples.server(Samples.bridgeNic(1), function);
    }

    @AfterEach
    void stop() {
        on.close();
    }

    @Test
    void aFunctionThatTheKernelsListLacksIsNotReleased() {
        try (Log log = Log.of(Observations.class);
                Log others = Log.of(Convergence.class)) {
            on.controller.want(Samples.state(1, server));
            on.start();
            on.awaitReport(server, Observed.class);
            on.host.beginReset(card);
            on.controller.want(Samples.state(2, Samples.absent(server)));
            awaitLine(log, "Server " + server.named() + " cannot be removed yet");
            assertThat(log.lines().getLast()).contains("VF 3");

            // The next tenant waits, and so it does after a start of the agent.
            DesiredServer next = Samples.server(Samples.direct(card, 3, 8));
            on.start();
            on.controller.want(Samples.state(3, Samples.absent(server), next));
            awaitLine(others, "Server " + next.named() + " waits for a VF");
            assertThat(on.controller.reports()).noneMatch(Absent.class::isInstance);
            assertThat(on.host.tuple(card, 3).mac()).isEqualTo(function.mac());
            assertThat(on.host.tuple(card, 3).vlan()).isEqualTo(2401);

            on.controller.want(Samples.state(4, Samples.absent(server)));
            on.host.endReset(card);
            assertThat(on.awaitReport(server, Absent.class).released()).containsExactly(function.lease());
            on.assertClean(server);
        }
    }

    private static void awaitLine(Log log, String beginning) {
        await().atMost(LONG_ENOUGH).until(() -> log.lines().stream().anyMatch(line -> line.startsWith(beginning)));
    }

    @Test
    void aBootWaitsForTheEndOfAReset() {
        on.host.beginReset(card);
        AtomicInteger calls = new AtomicInteger();
        on.host.faults().listen((call, _) -> {
            if (call == HostCall.READ_FUNCTION || call == HostCall.SET_LINK) {
                switch (calls.incrementAndGet()) {
                    // Three times the VF is not in the list.
                    case 4 -> on.host.endReset(card);
                    // The first change is refused four times.
                    case 5 -> on.host.beginReset(card);
                    case 9 -> on.host.endReset(card);
                    default -> {
                        // It lasts.
                    }
                }
            }
        });
        on.controller.want(Samples.state(1, server));
        on.start();
        on.awaitReport(server, Observed.class);
        on.assertRuns(server);
        assertThat(calls).hasValueGreaterThan(9);
    }

    @Test
    void aBootFailsWhenAResetDoesNotEnd() {
        on.host.beginReset(card);
        on.controller.want(Samples.state(1, server));
        on.start();
        Failed failed = on.awaitReport(server, Failed.class);
        assertThat(failed.failure().code()).isEqualTo("DeviceUnreadable");
        assertThat(failed.failure().reason()).contains("VF 3");
        on.host.endReset(card);
        await().atMost(LONG_ENOUGH).untilAsserted(() -> on.assertClean(server));
    }

    /** i40e and ice put a VF in reset whose address, VLAN or trust has changed, and answer in their own ways until it is over. */
    @ParameterizedTest
    @CsvSource({"INTEL_X710, EAGAIN", "INTEL_E810, EBUSY"})
    void aFunctionThatIsInResetBecauseItWasSetIsWaitedFor(SimulatedCard kind, String answer) {
        try (AgentOnSimulatedHost here = new AgentOnSimulatedHost(directory.resolve(kind.name()), kind)) {
            PhysicalFunctionKey itself = here.card(0);
            VirtualFunctions kernel = here.host.connect().virtualFunctions();
            kernel.set(itself, 4, new Setting.Vlan(7, 0));
            assertThatThrownBy(() -> kernel.set(itself, 4, new Setting.Trust(true)))
                    .isInstanceOfSatisfying(
                            KernelException.Busy.class,
                            e -> assertThat(e.errno()).contains(answer));
            assertThatThrownBy(() -> kernel.read(itself, 4)).isInstanceOf(KernelException.Unreadable.class);

            DesiredServer tenant = Samples.server(
                    Samples.direct(itself, 4, 1, new DirectAttributes(5, true, true, 0, 100)),
                    Samples.direct(itself, 5, 1));
            here.controller.want(Samples.state(1, tenant));
            here.start();
            here.awaitReport(tenant, Observed.class);
            here.assertRuns(tenant);
            here.controller.want(Samples.state(2, Samples.absent(tenant)));
            assertThat(here.awaitReport(tenant, Absent.class).released()).hasSize(2);
            here.assertClean(tenant);
        }
    }

    /** ice: what all VFs are guaranteed together must fit into the link as it is now. */
    @Test
    void aGuaranteeThatTheSlowLinkCannotKeepIsAFailureThatLeavesNothing() {
        try (AgentOnSimulatedHost here =
                new AgentOnSimulatedHost(directory.resolve("slow"), SimulatedCard.INTEL_E810)) {
            here.host.linkSpeed(here.card(0), 1_000);
            DesiredServer tenant =
                    Samples.server(Samples.direct(here.card(0), 4, 1, new DirectAttributes(0, true, false, 5_000, 0)));
            here.controller.want(Samples.state(1, tenant));
            here.start();
            Failed failed = here.awaitReport(tenant, Failed.class);
            assertThat(failed.failure().code()).isEqualTo("VfAttributeRefused");
            assertThat(failed.failure().reason()).contains("min_tx_rate", "VF 4");
            await().atMost(LONG_ENOUGH).untilAsserted(() -> here.assertClean(tenant));
        }
    }

    @Test
    void aCardThatLeavesInTheMiddleOfAReleaseIsGone() {
        on.controller.want(Samples.state(1, server));
        on.start();
        on.awaitReport(server, Observed.class);
        on.host.faults().listen((call, what) -> {
            if (what.equals("set VF 3 Vlan[vlan=0, qos=0]")) {
                on.host.removeCard(card);
            }
        });
        on.controller.want(Samples.state(2, Samples.absent(server)));
        assertThat(on.awaitReport(server, Absent.class).released()).containsExactly(function.lease());
        assertThat(on.host.running()).isEmpty();
    }

    @Test
    void aServerWhosePortAsksForASpoofCheckDoesNotRunWithoutOne() {
        on.host.spoofChecks(card, SpoofChecks.ALWAYS_OFF);
        on.controller.want(Samples.state(1, server));
        on.start();
        Failed failed = on.awaitReport(server, Failed.class);
        assertThat(failed.failure().code()).isEqualTo("VfAttributeRefused");
        assertThat(failed.failure().reason())
                .contains("does not take the attribute spoofchk of VF 3, which the port asks for", card.serial());
        assertThat(failed.failure().fix())
                .hasValueSatisfying(fix -> assertThat(fix).contains("Map another card", "port security"));
        assertThat(on.host.running()).isEmpty();
        assertThat(on.host.disks()).isEmpty();

        // A port without port security is content with the card.
        DesiredServer open = Samples.server(Samples.direct(card, 3, 8, new DirectAttributes(0, false, false, 0, 0)));
        on.controller.want(Samples.state(2, Samples.absent(server), open));
        on.awaitReport(open, Observed.class);
        on.assertRuns(open);
    }

    @Test
    void aFunctionWhoseIommuGroupOthersAreInIsNotGivenAway() {
        on.host.shareIommuGroup(card);
        on.controller.want(Samples.state(1, server));
        on.start();
        Failed failed = on.awaitReport(server, Failed.class);
        assertThat(failed.failure().code()).isEqualTo("IommuGroupNotViable");
        on.assertClean(server);
    }

    /** A PF as the controller was told of it last. */
    private Optional<PhysicalFunction> told(PhysicalFunctionKey key) {
        return on.controller.inventory().stream()
                .flatMap(inventory -> inventory.physicalFunctions().stream())
                .filter(told -> told.key().equals(key))
                .findFirst();
    }

    @Test
    void aDriverThatDoesNotAnswerKeepsItsOwnCardFromEverybodyAndNoOther() {
        on.giveUpCallsAfter(Duration.ofMillis(200));
        Faults.Hang hang = on.host.faults().hang(HostCall.SET_MAC);
        on.controller.want(Samples.state(1, server));
        on.start();
        assertThat(on.awaitReport(server, Failed.class).failure().code()).isEqualTo("DriverStuck");
        await().atMost(LONG_ENOUGH)
                .untilAsserted(() -> assertThat(told(card))
                        .hasValueSatisfying(told -> assertThat(told.fault())
                                .hasValueSatisfying(fault -> assertThat(fault)
                                        .startsWith("Its driver does not answer. Setting Mac")
                                        .contains("did not return within 200 ms"))));

        DesiredServer sibling = Samples.server(Samples.direct(card, 5, 1));
        DesiredServer elsewhere = Samples.server(Samples.direct(on.card(1), 0, 1));
        on.controller.want(Samples.state(2, server, sibling, elsewhere));
        assertThat(on.awaitReport(sibling, Failed.class).failure().code()).isEqualTo("DriverStuck");
        on.awaitReport(elsewhere, Observed.class);
        on.assertRuns(elsewhere);
        assertThat(told(on.card(1)).orElseThrow().fault()).isEmpty();

        hang.release();
        await().atMost(LONG_ENOUGH)
                .until(() -> told(card).filter(told -> told.fault().isEmpty()).isPresent());
        DesiredServer later = Samples.server(Samples.direct(card, 6, 1));
        on.controller.want(Samples.state(3, server, sibling, elsewhere, later));
        on.awaitReport(later, Observed.class);
    }

    @Test
    void whileLookingAtTheCardsDoesNotComeBackTheyAreAsTheyWereSeenLastAndGoToNobody() {
        on.giveUpCallsAfter(Duration.ofMillis(200));
        on.controller.want(Samples.state(1));
        on.start();
        await().atMost(LONG_ENOUGH).until(() -> told(card).isPresent());
        Faults.Hang hang = on.host.faults().hang(HostCall.LIST_FUNCTIONS);

        await().atMost(LONG_ENOUGH)
                .until(() -> told(card).filter(told -> told.fault().isPresent()).isPresent()
                        && told(on.card(1))
                                .filter(told -> told.fault().isPresent())
                                .isPresent());
        assertThat(told(card).orElseThrow().virtualFunctions()).hasSize(32);

        hang.release();
        await().atMost(LONG_ENOUGH)
                .until(() -> told(card).filter(told -> told.fault().isEmpty()).isPresent());
    }

    @Test
    void aHypervisorThatDoesNotAnswerIsAFaultOfTheHostUntilItDoes() {
        on.giveUpCallsAfter(Duration.ofMillis(200));
        on.controller.want(Samples.state(1, server));
        on.start();
        on.awaitReport(server, Observed.class);
        int memory = on.controller.inventory().orElseThrow().memoryMib();
        assertThat(memory).as("without what is the host's own").isEqualTo(256 * 1024 - 512);
        Faults.Hang hang = on.host.faults().hang(HostCall.READ_CAPACITY);

        await().atMost(LONG_ENOUGH)
                .untilAsserted(() -> assertThat(
                                on.controller.inventory().orElseThrow().faults())
                        .singleElement()
                        .asString()
                        .startsWith("The hypervisor does not answer. Reading what the host has did not return"));
        assertThat(on.controller.inventory().orElseThrow().memoryMib()).isEqualTo(memory);
        on.assertRuns(server);

        hang.release();
        await().atMost(LONG_ENOUGH)
                .untilAsserted(
                        () -> assertThat(on.controller.inventory().orElseThrow().faults())
                                .isEmpty());
    }

    @Test
    void aDomainThatDoesNotAnswerIsInTheWayOfNoOther() {
        on.giveUpCallsAfter(Duration.ofMillis(200));
        on.controller.want(Samples.state(1, server));
        on.start();
        on.awaitReport(server, Observed.class);
        Faults.Hang hang = on.host.faults().hang(HostCall.READ_DOMAIN);
        try (Log log = Log.of(Agent.class)) {
            awaitLine(log, "Server " + server.named() + " stays as it is until the next comparison");
            DesiredServer other = Samples.server(Samples.bridgeNic(2));
            on.controller.want(Samples.state(2, server, other));
            on.awaitReport(other, Observed.class);
        }
        hang.release();
        on.controller.want(Samples.state(3, Samples.absent(server)));
        on.awaitReport(server, Absent.class);
    }
}
