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
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.agent.boot.Segments;
import org.sluice.agent.host.SegmentServices;
import org.sluice.agent.host.VirtualFunctions.Setting;
import org.sluice.agent.host.VirtualFunctions.Tuple;
import org.sluice.agent.step.StepObserver;
import org.sluice.model.MacAddress;
import org.sluice.model.NetworkId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredHost;
import org.sluice.model.protocol.DesiredHost.NotUnderstood;
import org.sluice.model.protocol.DesiredInterface.Bridge;
import org.sluice.model.protocol.DesiredInterface.Direct;
import org.sluice.model.protocol.DesiredInterface.DirectAttributes;
import org.sluice.model.protocol.DesiredSegment;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.DriverRefusal;
import org.sluice.model.protocol.HostQuery;
import org.sluice.model.protocol.PhysicalFunction;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.RefusalQuery;
import org.sluice.model.protocol.ServerReport;
import org.sluice.model.protocol.ServerReport.Absent;
import org.sluice.model.protocol.ServerReport.Failed;
import org.sluice.model.protocol.ServerReport.InterfaceState;
import org.sluice.model.protocol.ServerReport.Observed;
import org.sluice.model.protocol.VirtualFunction;
import org.sluice.simulator.HostCall;
import org.sluice.simulator.SimulatedCard;

class AgentTest {
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private AgentOnSimulatedHost on;

    @BeforeEach
    void prepare() {
        on = new AgentOnSimulatedHost(directory, SimulatedCard.CONNECTX_5, SimulatedCard.INTEL_82576);
    }

    @AfterEach
    void stop() {
        on.close();
    }

    @Test
    void buildsAServerAndReportsWhatItReadBack() {
        Bridge tap = Samples.bridgeNic(1);
        Direct function = Samples.direct(on.card(0), 3, 7, new DirectAttributes(5, false, true, 100, 2000));
        DesiredServer server = Samples.server(tap, function);
        on.controller.want(Samples.state(1, server));
        on.start();

        Observed report = on.awaitReport(server, Observed.class);

        on.assertRuns(server);
        assertThat(report.interfaces()).extracting(InterfaceState::port).containsExactly(tap.port(), function.port());
        assertThat(report.interfaces().get(0).device())
                .isEqualTo("tap" + tap.port().toString().substring(0, 11));
        assertThat(report.interfaces().get(1).virtualFunction()).hasValueSatisfying(state -> {
            assertThat(state.lease()).isEqualTo(function.lease());
            assertThat(state.mac()).isEqualTo(function.mac());
            assertThat(state.vlan()).isEqualTo(2401);
            assertThat(state.maxTxRate()).isEqualTo(2000);
            assertThat(state.refused()).isEmpty();
        });
        assertThat(on.host.mtu(on.card(0))).isEqualTo(9000);
        assertThat(on.host.domain(server.id()))
                .hasValueSatisfying(domain -> assertThat(domain.nics())
                        .extracting(nic -> nic.mac())
                        .containsExactly(tap.mac(), function.mac()));
    }

    @Test
    void removesAServerAndReportsItsLeasesGivenBack() {
        Direct function = Samples.direct(on.card(0), 3, 7);
        DesiredServer server = Samples.server(Samples.bridgeNic(1), function);
        runThenWant(server, Samples.state(2, Samples.absent(server)));

        Absent report = on.awaitReport(server, Absent.class);

        assertThat(report.released()).containsExactly(function.lease());
        on.assertClean(server);
    }

    @Test
    void everyReportNamesTheClaimThatItIsAbout() {
        DesiredServer first = Samples.claimed(Samples.server(Samples.bridgeNic(1)), 1);
        runThenWant(first, Samples.state(2, Samples.absent(first)));
        assertThat(on.awaitReport(first, Absent.class).claim()).contains(1L);

        // It was elsewhere meanwhile, and comes back.
        on.controller.want(Samples.state(3, Samples.claimed(first, 3)));
        assertThat(on.awaitReport(first, Observed.class).claim()).contains(3L);
        on.controller.want(Samples.state(4, Samples.absent(Samples.claimed(first, 3))));
        assertThat(on.awaitReport(first, Absent.class).claim()).contains(3L);
    }

    @Test
    void whatStandsIsUnderTheClaimThatTheControllerSpeaksOfAlsoAfterARestart() {
        DesiredServer server = Samples.server(Samples.bridgeNic(1));
        runThenWant(server, Samples.state(2, Samples.claimed(server, 7)));
        on.awaitObserved(server, report -> report.claim().equals(Optional.of(7L)));
        on.stop();
        on.controller.forgetReports();
        on.controller.want(Samples.state(3));
        on.start();

        assertThat(on.awaitReport(server, Observed.class).claim()).contains(7L);
    }

    @Test
    void whatCouldNotBeBuiltIsBuiltForAnotherClaim() {
        DesiredServer first = Samples.claimed(Samples.server(Samples.direct(on.card(0), 3, 7)), 1);
        on.host.faults().refuse(HostCall.START_DOMAIN, "ENOMEM", 1);
        on.controller.want(Samples.state(1, first));
        on.start();
        assertThat(on.awaitReport(first, Failed.class).claim()).contains(1L);
        DesiredServer second = Samples.claimed(Samples.wired(first, Samples.direct(on.card(0), 3, 8)), 2);
        on.controller.want(Samples.state(2, second));

        assertThat(on.awaitReport(second, Observed.class).claim()).contains(2L);
        on.assertRuns(second);
    }

    @Test
    void whatItDoesNotUnderstandFailsAloneAndWhatRanRunsOn() {
        DesiredServer stands = Samples.server(Samples.bridgeNic(1));
        DesiredServer never = Samples.server(Samples.bridgeNic(2));
        DesiredServer next = Samples.server(Samples.direct(on.card(0), 3, 1));
        on.controller.want(Samples.state(1, stands));
        on.start();
        on.awaitReport(stands, Observed.class);

        on.controller.want(new DesiredHost(
                2,
                List.of(next),
                List.of(),
                List.of(),
                List.of(
                        new NotUnderstood(stands.id(), Optional.of(1L), 5, "Its power.level is not understood."),
                        new NotUnderstood(never.id(), Optional.of(2L), 0, "Its interfaces[0] is not understood.")),
                List.of()));

        on.awaitReport(next, Observed.class);
        Failed failed = on.awaitReport(never, Failed.class);
        assertThat(failed.claim()).contains(2L);
        assertThat(failed.failure())
                .returns("NewerAgentNeeded", ServerReport.Failure::code)
                .returns(Optional.of("Upgrade the host's agent."), ServerReport.Failure::fix);
        Observed refused = on.awaitObserved(stands, report -> report.generation() == 5);
        assertThat(refused.power()).isEqualTo(PowerState.RUNNING);
        assertThat(refused.failure().orElseThrow().reason()).contains("power.level");
        on.assertRuns(stands);
        on.assertRuns(next);
    }

    @Test
    void aServerOfWhichANewerAgentWroteIsLeftAsItIs() throws IOException {
        DesiredServer stands = Samples.server(Samples.bridgeNic(1));
        DesiredServer other = Samples.server(Samples.bridgeNic(2));
        runThenWant(stands, Samples.state(2, stands, other));
        on.awaitReport(other, Observed.class);
        on.stop();
        on.controller.forgetReports();
        String newer = Files.readString(on.journalOf(stands)).replace("\"STANDING\"", "\"LEVITATING\"");
        Files.writeString(on.journalOf(stands), newer);
        on.start();

        on.awaitReport(other, Observed.class);
        assertThat(on.awaitReport(stands, Observed.class)
                        .failure()
                        .orElseThrow()
                        .code())
                .isEqualTo("NewerAgentNeeded");
        assertThat(on.host.running()).contains(stands.id());
        assertThat(on.host.starts(stands.id())).isEqualTo(1);
        assertThat(on.journalOf(stands)).hasContent(newer);
    }

    @Test
    void comesBackToAServerAfterADefectOfItsOwn() {
        DesiredServer server = Samples.server(Samples.direct(on.card(0), 0, 1));
        AtomicInteger writes = new AtomicInteger();
        on.controller.want(Samples.state(1, server));
        on.start((moment, _) -> {
            if (moment == StepObserver.Moment.BEFORE_JOURNAL && writes.incrementAndGet() == 1) {
                throw new IllegalStateException("a defect");
            }
        });

        Observed _ = on.awaitReport(server, Observed.class);
        on.assertRuns(server);
    }

    @Test
    void saysThatItCannotGoOnWhenAThreadOfItHasEnded() {
        Error end = new AssertionError("the end of a thread");
        on.controller.want(Samples.state(1, Samples.server(Samples.direct(on.card(0), 0, 1))));
        on.start((moment, _) -> {
            if (moment == StepObserver.Moment.BEFORE_APPLY) {
                throw end;
            }
        });

        await().atMost(LONG_ENOUGH).until(() -> !on.broken.isEmpty());
        assertThat(on.broken).containsExactly(end);
    }

    @Test
    void keepsAServerThatTheControllerDoesNotSpeakOfAndSaysSoOnce() {
        try (Log log = Log.of(Convergence.class)) {
            Direct function = Samples.direct(on.card(0), 0, 1);
            DesiredServer server = Samples.server(function);
            DesiredServer next = Samples.server(Samples.direct(on.card(0), 0, 2));
            runThenWant(server, Samples.state(2, next));
            // It would wait for ever, and never two have one VF.
            assertThat(on.awaitReport(next, Failed.class).failure())
                    .returns("VirtualFunctionHeld", ServerReport.Failure::code)
                    .satisfies(failure ->
                            assertThat(failure.reason()).contains(server.id().toString()));
            // Powered off it is as much the controller's to decide about as running.
            on.host.powerOff(server.id());
            assertThat(on.awaitPower(server, PowerState.STOPPED).interfaces()).isEmpty();
            on.controller.forgetReports();
            on.controller.beAway(true);
            await().atMost(LONG_ENOUGH).until(() -> on.controller.missed() > 0);
            on.controller.beAway(false);
            on.awaitPower(server, PowerState.STOPPED);
            assertThat(on.host.disks()).containsExactly(server.id());
            assertThat(on.host.tuple(on.card(0), 0).mac()).isEqualTo(function.mac());
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("The controller does not speak of server " + server.id()))
                    .hasSize(1);
        }
    }

    @Test
    void followsAControllerWhoseDatabaseWasRestoredAndLosesNothingByIt() {
        DesiredServer kept = Samples.server(Samples.direct(on.card(0), 0, 1));
        DesiredServer known = Samples.server(Samples.bridgeNic(1));
        on.controller.want(Samples.state(5, kept, known));
        on.start();
        on.awaitReport(kept, Observed.class);
        on.awaitReport(known, Observed.class);

        DesiredServer coming = Samples.server(Samples.bridgeNic(2));
        on.controller.want(Samples.state(3, Samples.absent(known), coming));

        on.awaitReport(known, Absent.class);
        on.awaitReport(coming, Observed.class);
        on.assertRuns(kept);
        int asked = on.controller.waits().size();
        on.controller.want(Samples.state(4, Samples.absent(known), coming, kept));
        await().atMost(LONG_ENOUGH).until(() -> on.controller.waits().size() > asked);
        // Each state that differs is taken once, and then waited for.
        assertThat(on.controller.waits()).hasSizeLessThan(20);
    }

    @Test
    void keepsAServerAcrossAStartWithAnOlderDesiredStateThatDoesNotSpeakOfIt() {
        DesiredServer server = Samples.server(Samples.direct(on.card(0), 0, 1));
        on.controller.want(Samples.state(5, server));
        on.start();
        on.awaitReport(server, Observed.class);
        on.stop();
        on.controller.want(Samples.state(4));
        on.controller.forgetReports();
        on.start();
        on.awaitReport(server, Observed.class);
        on.assertRuns(server);
    }

    @Test
    void takesAwayWhatALostJournalKnew() throws IOException {
        Direct function = Samples.direct(on.card(0), 3, 7);
        DesiredServer server = Samples.server(Samples.bridgeNic(1), function);
        on.controller.want(Samples.state(1, server));
        on.start();
        on.awaitReport(server, Observed.class);
        on.loseJournal();
        on.controller.forgetReports();
        on.controller.want(Samples.state(2, Samples.absent(server)));
        on.start();

        assertThat(on.awaitReport(server, Absent.class).released()).containsExactly(function.lease());
        on.assertClean(server);
    }

    @Test
    void takesAwayTheFilesThatALostJournalKnewAfterItsHostRebooted() throws IOException {
        Direct function = Samples.direct(on.card(0), 3, 7);
        DesiredServer server = Samples.server(Samples.bridgeNic(1), function);
        on.controller.want(Samples.state(1, server));
        on.start();
        on.awaitReport(server, Observed.class);
        on.loseJournal();
        on.host.reboot();
        on.host.meddle(on.card(0), 3, new Setting.Vlan(99, 0));
        on.controller.forgetReports();
        on.controller.want(Samples.state(2, Samples.absent(server)));
        on.start();

        on.awaitReport(server, Absent.class);
        on.assertClean(server);
    }

    @Test
    void takesOverARunningServerThatALostJournalKnew() throws IOException {
        DesiredServer server = Samples.server(Samples.bridgeNic(1), Samples.direct(on.card(0), 3, 7));
        on.controller.want(Samples.state(1, server));
        on.start();
        on.awaitReport(server, Observed.class);
        on.loseJournal();
        on.controller.forgetReports();
        on.start();
        assertThat(on.awaitPower(server, PowerState.RUNNING).interfaces()).hasSize(2);
        on.assertRuns(server);
        assertThat(on.host.starts(server.id())).isEqualTo(1);

        // Its VF is in the book now, so that it can be taken from it.
        on.controller.want(Samples.state(2, Samples.absent(server)));
        on.awaitReport(server, Absent.class);
        on.assertClean(server);
    }

    /** A journal that is lost, or laid aside by a host that joined anew, leaves guests of which the controller need know nothing. */
    @Test
    void aFunctionOfAGuestThatNobodyKnowsAnyMoreIsGivenToNoOther() throws IOException {
        Direct function = Samples.direct(on.card(0), 3, 7);
        DesiredServer unknown = Samples.server(function);
        on.controller.want(Samples.state(1, unknown));
        on.start();
        on.awaitReport(unknown, Observed.class);
        Tuple before = on.host.tuple(on.card(0), 3);
        on.loseJournal();
        DesiredServer next = Samples.server(Samples.direct(on.card(0), 3, 1));
        on.controller.want(Samples.state(2, next));
        on.start();

        awaitInventoryWithoutTheThirdFunction();
        assertHeldByTheGuestOf(unknown, next);
        assertThat(on.host.tuple(on.card(0), 3)).isEqualTo(before);
        assertThat(on.host.starts(next.id())).isZero();

        on.host.powerOff(unknown.id());
        DesiredServer later = Samples.server(Samples.direct(on.card(0), 3, 2));
        on.controller.want(Samples.state(3, later));
        on.awaitReport(later, Observed.class);
        on.assertRuns(later);
    }

    private void awaitInventoryWithoutTheThirdFunction() {
        await().atMost(LONG_ENOUGH)
                .untilAsserted(() -> assertThat(on.controller
                                .inventory()
                                .orElseThrow()
                                .physicalFunctions()
                                .getFirst()
                                .virtualFunctions())
                        .as("the VFs that are there to be given")
                        .extracting(VirtualFunction::index)
                        .contains(2, 4)
                        .doesNotContain(3));
    }

    private void assertHeldByTheGuestOf(DesiredServer holder, DesiredServer refused) {
        Failed failed = on.awaitReport(refused, Failed.class);
        assertThat(failed.failure().code()).isEqualTo("VirtualFunctionHeld");
        assertThat(failed.failure().reason()).contains("The guest of server " + holder.id() + ",");
        assertThat(failed.failure().fix().orElseThrow()).contains("virsh destroy " + holder.id());
        assertThat(on.host.starts(refused.id())).isZero();
    }

    /** A server that runs with a tap and the third VF, as one of when the host was another member; no agent runs. */
    private DesiredServer guestOfBefore() throws IOException {
        DesiredServer server = Samples.server(Samples.bridgeNic(1), Samples.direct(on.card(0), 3, 7));
        on.controller.want(Samples.state(1, server));
        on.start();
        on.awaitReport(server, Observed.class);
        on.layJournalAside();
        on.controller.forgetReports();
        return server;
    }

    @Test
    void aGuestOfWhenTheHostWasAnotherMemberIsNotTakenForTheServerThatComesAgain() throws IOException {
        DesiredServer server = guestOfBefore();
        on.start();

        Failed failed = on.awaitReport(server, Failed.class);
        assertThat(failed.failure().code()).isEqualTo("GuestOfBefore");
        assertThat(failed.failure().fix().orElseThrow()).contains("virsh destroy " + server.id());
        assertThat(on.host.starts(server.id())).isEqualTo(1);
    }

    /** That its server could not come here again is in the journal, and says nothing of what its guest has. */
    @Test
    void aFunctionOfAGuestOfBeforeIsGivenToNoOtherWhenItsServerWasRefusedHere() throws IOException {
        DesiredServer server = guestOfBefore();
        Tuple before = on.host.tuple(on.card(0), 3);
        DesiredServer again = server.wired(List.of(Samples.bridgeNic(2), Samples.direct(on.card(0), 4, 1)));
        on.controller.want(Samples.state(2, again));
        on.start();
        assertThat(on.awaitReport(again, Failed.class).failure().code()).isEqualTo("GuestOfBefore");

        DesiredServer second = Samples.server(Samples.direct(on.card(0), 3, 1));
        on.controller.want(Samples.state(3, again, second));
        assertHeldByTheGuestOf(server, second);
        awaitInventoryWithoutTheThirdFunction();

        on.stop();
        int told = on.controller.inventories().size();
        DesiredServer third = Samples.server(Samples.direct(on.card(0), 3, 2));
        on.controller.want(Samples.state(4, again, second, third));
        on.start();
        assertHeldByTheGuestOf(server, third);
        await().atMost(LONG_ENOUGH).until(() -> on.controller.inventories().size() > told);
        awaitInventoryWithoutTheThirdFunction();

        assertThat(on.host.tuple(on.card(0), 3)).isEqualTo(before);
        on.assertRuns(server);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aGuestOfWhenTheHostWasAnotherMemberRunsOnWhenItsServerIsToGo(boolean wasToComeAgain) throws IOException {
        DesiredServer server = guestOfBefore();
        if (wasToComeAgain) {
            on.start();
            assertThat(on.awaitReport(server, Failed.class).failure().code()).isEqualTo("GuestOfBefore");
        }
        on.controller.want(Samples.state(2, Samples.absent(server)));
        on.start();

        on.awaitReport(server, Absent.class);

        on.assertRuns(server);
        assertThat(on.host.starts(server.id())).isEqualTo(1);
    }

    @Test
    void tellsThatAServerWhichALostJournalKnewRunsOnDeletedFiles() throws IOException {
        DesiredServer server = Samples.server(Samples.bridgeNic(1), Samples.direct(on.card(0), 3, 7));
        on.controller.want(Samples.state(1, server));
        on.start();
        on.awaitReport(server, Observed.class);
        on.loseJournal();
        on.host.loseDisks(server.id());
        on.controller.forgetReports();
        on.start();

        Observed report = on.awaitObserved(server, each -> each.failure().isPresent());

        assertThat(report.failure().orElseThrow().code()).isEqualTo("RootDiskGone");
        assertThat(report.power()).isEqualTo(PowerState.RUNNING);
        assertThat(on.host.disks()).isEmpty();
        assertThat(on.host.starts(server.id())).isEqualTo(1);
    }

    @Test
    void givesTheFunctionsBackOfAServerThatWasOffWhenItsJournalWasLost() throws IOException {
        Direct function = Samples.direct(on.card(0), 3, 7);
        DesiredServer server = Samples.server(Samples.bridgeNic(1), function);
        on.controller.want(Samples.state(1, server));
        on.start();
        on.awaitReport(server, Observed.class);
        Power off = Powers.stopped(1);
        on.controller.want(Samples.state(2, server.powered(off)));
        on.awaitObeyed(server, off);
        on.loseJournal();
        on.controller.forgetReports();
        on.start();
        on.awaitObeyed(server, off);
        assertThat(on.host.tuple(on.card(0), 3).mac())
                .as("it is still the server's")
                .isEqualTo(function.mac());

        on.controller.want(Samples.state(3, Samples.absent(server)));
        assertThat(on.awaitReport(server, Absent.class).released()).containsExactly(function.lease());
        on.assertClean(server);
    }

    @Test
    void saysNothingIsLeftOnlyWhenTheHypervisorSaysSoToo() throws IOException {
        DesiredServer server = Samples.server(Samples.direct(on.card(0), 3, 7));
        on.controller.want(Samples.state(1, server));
        on.start();
        on.awaitReport(server, Observed.class);
        on.loseJournal();
        on.controller.forgetReports();
        on.host.faults().refuse(HostCall.READ_DOMAIN, "EIO", 3);
        on.host.faults().refuse(HostCall.DESTROY_DOMAIN, "EBUSY", 3);
        on.controller.want(Samples.state(2, Samples.absent(server)));
        on.start();

        on.awaitReport(server, Absent.class);
        on.assertClean(server);
        assertThat(on.controller.reports()).filteredOn(Absent.class::isInstance).hasSize(1);
    }

    @Test
    void reportsAbsentWhatItNeverHad() {
        Direct function = Samples.direct(on.card(0), 3, 7);
        on.host.meddle(on.card(0), 3, new Setting.Mac(new MacAddress("52:54:00:00:00:01")));
        DesiredServer server = Samples.server(function);
        on.controller.want(Samples.state(1, Samples.absent(server)));
        on.start();

        assertThat(on.awaitReport(server, Absent.class).released()).containsExactly(function.lease());
        assertThat(on.host.tuple(on.card(0), 3).mac()).isEqualTo(new MacAddress("52:54:00:00:00:01"));
    }

    @Test
    void namesTheAttributeThatADriverRefusesAndRemembersIt() {
        DesiredServer first =
                Samples.server(Samples.direct(on.card(1), 0, 1, new DirectAttributes(0, true, false, 10, 100)));
        on.controller.want(Samples.state(1, first));
        on.start();
        Failed failed = on.awaitReport(first, Failed.class);
        assertThat(failed.failure().code()).isEqualTo("VfAttributeRefused");
        assertThat(failed.failure().reason()).contains("igb", "min_tx_rate");
        assertThat(failed.failure().fix())
                .hasValueSatisfying(fix -> assertThat(fix).contains("min_tx_rate"));
        on.assertClean(first);

        on.stop();
        List<String> rates = new ArrayList<>();
        on.host.faults().listen((call, what) -> {
            if (call == HostCall.SET_RATES) {
                rates.add(what);
            }
        });
        DesiredServer second =
                Samples.server(Samples.direct(on.card(1), 1, 1, new DirectAttributes(0, true, false, 10, 100)));
        on.controller.want(Samples.state(2, Samples.absent(first), second));
        on.start();
        assertThat(on.awaitReport(second, Failed.class).failure().code()).isEqualTo("VfAttributeRefused");
        assertThat(rates).isEmpty();
    }

    @Test
    void toleratesARefusalOfWhatNobodyAskedForAndSaysSo() {
        Direct function = Samples.direct(on.card(1), 0, 1);
        DesiredServer server = Samples.server(function);
        on.controller.want(Samples.state(1, server));
        on.start();
        Observed report = on.awaitReport(server, Observed.class);
        assertThat(report.interfaces()
                        .getFirst()
                        .virtualFunction()
                        .orElseThrow()
                        .refused())
                .containsExactly("state");
        on.assertRuns(server);
    }

    @Test
    void waitsForAFunctionInReset() {
        on.host.faults().virtualFunctionInReset(4);
        on.host.faults().refuse(HostCall.BIND_TO_VFIO, "EBUSY", 3);
        DesiredServer server = Samples.server(Samples.direct(on.card(0), 0, 1));
        on.controller.want(Samples.state(1, server));
        on.start();
        on.awaitReport(server, Observed.class);
        on.assertRuns(server);
    }

    @Test
    void givesUpAFunctionThatStaysInReset() {
        on.host.faults().virtualFunctionInReset(2_000);
        DesiredServer server = Samples.server(Samples.bridgeNic(1), Samples.direct(on.card(0), 0, 1));
        on.controller.want(Samples.state(1, server));
        on.start();
        Failed failed = on.awaitReport(server, Failed.class);
        assertThat(failed.failure().code()).isEqualTo("KernelEAGAIN");
        on.host.faults().clear();
        await().atMost(LONG_ENOUGH).untilAsserted(() -> on.assertClean(server));
    }

    @Test
    void failsOnceAndWaitsUntilTheControllerWantsItGone() {
        on.host.faults().refuse(HostCall.START_DOMAIN, "ENOMEM", 1);
        Direct function = Samples.direct(on.card(0), 0, 1);
        DesiredServer server = Samples.server(Samples.bridgeNic(1), function);
        on.controller.want(Samples.state(1, server));
        on.start();
        Failed failed = on.awaitReport(server, Failed.class);
        assertThat(failed.failure().code()).isEqualTo("KernelENOMEM");
        assertThat(failed.failure().reason()).contains("'domain'", "start domain instance-00000001");
        on.assertClean(server);

        on.stop();
        on.start();
        on.controller.want(Samples.state(2, server, Samples.server()));
        await().atMost(LONG_ENOUGH).until(() -> on.host.running().size() == 1);
        assertThat(on.host.running()).doesNotContain(server.id());

        on.controller.want(Samples.state(3, Samples.absent(server)));
        assertThat(on.awaitReport(server, Absent.class).released()).containsExactly(function.lease());
    }

    @Test
    void failsAServerOnANetworkThatTheHostDoesNotReachAndNoOther() {
        Bridge nic = Samples.bridgeNic(1);
        DesiredServer server = Samples.server(new Bridge(
                nic.port(),
                nic.network(),
                nic.mac(),
                nic.vlan(),
                nic.mtu(),
                nic.addresses(),
                nic.physicalNetwork(),
                Bridge.NO_UPLINK,
                nic.services()));
        DesiredServer other = Samples.server(Samples.direct(on.card(0), 0, 1));
        on.controller.want(Samples.state(1, server, other));
        on.start();

        Failed failed = on.awaitReport(server, Failed.class);
        assertThat(failed.failure().code()).isEqualTo("UplinkNotFound");
        assertThat(failed.failure().reason())
                .contains("Port " + nic.port() + " is on physnet0, to which this host has no uplink.");
        on.awaitReport(other, Observed.class);
        on.assertRuns(other);

        on.controller.want(Samples.state(2, Samples.absent(server), other));
        on.awaitReport(server, Absent.class);
        assertThat(on.host.running()).containsExactly(other.id());
    }

    @Test
    void saysThatUndoingFailedAndGoesOnUntilItIsDone() {
        on.host.faults().refuse(HostCall.START_DOMAIN, "ENOMEM", 1);
        on.host.faults().refuse(HostCall.REMOVE_TAP, "EPERM", 2);
        DesiredServer server = Samples.server(Samples.bridgeNic(1), Samples.direct(on.card(0), 0, 1));
        on.controller.want(Samples.state(1, server));
        on.start();
        assertThat(on.awaitReport(server, Failed.class).failure().reason())
                .contains("ENOMEM", "Undoing it is tried again", "EPERM");
        await().atMost(LONG_ENOUGH).untilAsserted(() -> on.assertClean(server));
    }

    @Test
    void givesUpAWriteThatHangsAndLetsNobodyAtTheFunctionUntilItReturns() {
        on.giveUpCallsAfter(Duration.ofMillis(50));
        var hang = on.host.faults().hang(HostCall.SET_VLAN);
        DesiredServer server = Samples.server(Samples.direct(on.card(0), 0, 1));
        on.controller.want(Samples.state(1, server));
        on.start();
        Failed failed = on.awaitReport(server, Failed.class);
        assertThat(failed.failure().code()).isEqualTo("DriverStuck");
        assertThat(failed.failure().reason()).contains("did not return", "has still not returned");

        hang.release();
        await().atMost(LONG_ENOUGH).untilAsserted(() -> on.assertClean(server));
    }

    @Test
    void refusesALeaseOlderThanOneItHasSeen() {
        DesiredServer tenant = Samples.server(Samples.direct(on.card(0), 0, 5));
        runThenWant(tenant, Samples.state(2, Samples.absent(tenant)));
        on.awaitReport(tenant, Absent.class);
        DesiredServer late = Samples.server(Samples.direct(on.card(0), 0, 4));
        on.controller.want(Samples.state(3, late));
        Failed failed = on.awaitReport(late, Failed.class);
        assertThat(failed.failure().code()).isEqualTo("LeaseSuperseded");
        on.assertClean(late);
    }

    @Test
    void refusesALeaseThatWasGivenBack() {
        Direct function = Samples.direct(on.card(0), 0, 5);
        DesiredServer tenant = Samples.server(function);
        runThenWant(tenant, Samples.state(2, Samples.absent(tenant)));
        on.awaitReport(tenant, Absent.class);
        DesiredServer late = Samples.server(function);
        on.controller.want(Samples.state(3, late));
        assertThat(on.awaitReport(late, Failed.class).failure().code()).isEqualTo("LeaseGivenBack");
    }

    @Test
    void letsTheNextTenantWaitUntilTheFunctionIsFree() {
        DesiredServer leaving = Samples.server(Samples.direct(on.card(0), 0, 5));
        DesiredServer coming = Samples.server(Samples.direct(on.card(0), 0, 6));
        on.host.faults().refuse(HostCall.DESTROY_DOMAIN, "EBUSY", 3);
        runThenWant(leaving, Samples.state(2, Samples.absent(leaving), coming));
        on.awaitReport(coming, Observed.class);
        on.assertRuns(coming);
        assertThat(on.host.running()).doesNotContain(leaving.id());
    }

    @Test
    void neutralisesWhatAnotherLeftOnTheFunction() {
        on.host.meddle(on.card(0), 0, new Setting.Trust(true));
        on.host.meddle(on.card(0), 0, new Setting.Vlan(99, 3));
        on.host.meddle(on.card(0), 0, new Setting.SpoofCheck(false));
        DesiredServer server = Samples.server(Samples.direct(on.card(0), 0, 1));
        on.controller.want(Samples.state(1, server));
        on.start();
        on.awaitReport(server, Observed.class);
        on.assertRuns(server);
    }

    @Test
    void givesAFunctionARandomLocalAddressWhereTheDriverRefusesZero() {
        DesiredServer server = Samples.server(Samples.direct(on.card(0), 0, 1));
        on.controller.want(Samples.state(1, server));
        on.start();
        on.awaitReport(server, Observed.class);
        on.host.faults().refuse(HostCall.SET_MAC, "EADDRNOTAVAIL", 1);
        on.controller.want(Samples.state(2, Samples.absent(server)));
        on.awaitReport(server, Absent.class);
        assertThat(on.host.tuple(on.card(0), 0).mac().toString()).startsWith("02:");
    }

    @Test
    void releasesAFunctionThatLeftWithItsCard() {
        Direct function = Samples.direct(on.card(0), 0, 1);
        DesiredServer server = Samples.server(function);
        on.controller.want(Samples.state(1, server));
        on.start();
        on.awaitReport(server, Observed.class);
        on.host.removeCard(function.lease().physicalFunction());
        on.controller.want(Samples.state(2, Samples.absent(server)));
        assertThat(on.awaitReport(server, Absent.class).released()).containsExactly(function.lease());
        assertThat(on.host.running()).isEmpty();
    }

    /** Each of them finds its PF too narrow, and none that others have VFs of it. */
    @Test
    void takesManyServersAtOnceOnACardThatNobodyHasSeenTo() {
        DesiredServer[] servers = IntStream.range(0, 8)
                .mapToObj(index -> Samples.server(Samples.direct(on.card(0), index, 1)))
                .toArray(DesiredServer[]::new);
        on.controller.want(Samples.state(1, servers));
        on.start();
        for (DesiredServer server : servers) {
            on.awaitReport(server, Observed.class);
        }
    }

    @Test
    void bringsEverythingBackAfterTheHostRebootedEvenWithoutAController() {
        DesiredServer server = Samples.server(Samples.bridgeNic(1), Samples.direct(on.card(0), 0, 1));
        DesiredServer other = Samples.server(Samples.bridgeNic(2), Samples.direct(on.card(0), 1, 1));
        on.controller.want(Samples.state(1, server, other));
        on.start();
        on.awaitReport(server, Observed.class);
        on.awaitReport(other, Observed.class);
        on.host.reboot();
        on.startAloneAfter(Duration.ZERO);
        on.controller.beAway(true);
        on.start();
        await().atMost(LONG_ENOUGH).untilAsserted(() -> {
            on.assertRuns(server);
            on.assertRuns(other);
        });
    }

    @Test
    void keepsWhatRunsWhileTheControllerIsAwayAndReportsAllOfItAgain() {
        DesiredServer server = Samples.server(Samples.bridgeNic(1));
        on.controller.want(Samples.state(1, server));
        on.start();
        on.awaitReport(server, Observed.class);
        on.controller.beAway(true);
        on.controller.forgetReports();
        // One that comes back before the agent asked was never away, and is owed nothing again.
        await().atMost(LONG_ENOUGH).until(() -> on.controller.missed() > 0);
        on.assertRuns(server);
        on.controller.beAway(false);
        on.awaitReport(server, Observed.class);
        on.assertRuns(server);
    }

    @Test
    void asksAtOnceAndNotAtLengthWhetherTheControllerIsBack() {
        on.controller.want(Samples.state(1, Samples.server(Samples.bridgeNic(1))));
        on.start();
        await().atMost(LONG_ENOUGH).until(() -> on.controller.waits().size() > 1);
        assertThat(on.controller.waits().get(0)).isZero();
        assertThat(on.controller.waits().get(1)).isPositive();
        on.controller.beAway(true);
        await().atMost(LONG_ENOUGH).until(() -> on.controller.missed() > 0);
        int before = on.controller.waits().size();
        on.controller.beAway(false);
        await().atMost(LONG_ENOUGH).until(() -> on.controller.waits().size() > before + 1);
        assertThat(on.controller.waits().get(before)).isZero();
        assertThat(on.controller.waits().get(before + 1)).isPositive();
    }

    @Test
    void letsMetadataKnowWhatTheTenantChanged() {
        Bridge tap = Samples.bridgeNic(1);
        DesiredServer server = Samples.server(tap);
        DesiredServer changed = Samples.said(
                Samples.withMetadata(server, Map.of("role", "web")),
                "renamed",
                Map.of("newer", "ssh-ed25519 AAAA newer"));
        runThenWant(server, Samples.state(2, changed));
        await().atMost(LONG_ENOUGH)
                .untilAsserted(() -> assertThat(on.host.clients(tap.network()))
                        .extracting(SegmentServices.Client::server)
                        .singleElement()
                        .satisfies(client -> {
                            assertThat(client.metadata()).containsExactly(Map.entry("role", "web"));
                            assertThat(client.name()).isEqualTo("renamed");
                            assertThat(client.keys()).containsExactly(Map.entry("newer", "ssh-ed25519 AAAA newer"));
                        }));
        assertThat(on.host.starts(server.id())).as("its guest runs on").isEqualTo(1);
    }

    @Test
    void saysWhyTheHostCanTakeNoServers() {
        on.controller.want(Samples.state(1));
        on.start();
        assertThat(on.agent().lack()).isEmpty();
        on.host.faults().refuse(HostCall.LIST_UPLINKS, "EIO", 1_000);
        assertThat(on.agent().lack())
                .hasValueSatisfying(sentence -> assertThat(sentence).contains("list uplinks"));
    }

    @Test
    void tellsARunningGuestWhatDhcpTellsAndKeepsWhatWasBuilt() {
        Bridge built = Samples.withNameServer(Samples.bridgeNic(1), "10.0.0.1");
        DesiredServer server = Samples.server(built);
        Bridge otherSubnet = Samples.withNameServer(built, "10.0.0.53");
        Bridge rebuilt = new Bridge(
                built.port(),
                built.network(),
                built.mac(),
                built.vlan() + 1,
                built.mtu(),
                otherSubnet.addresses(),
                built.physicalNetwork(),
                built.uplink(),
                otherSubnet.services());
        DesiredServer wanted = Samples.withMetadata(Samples.wired(server, rebuilt), Map.of("role", "web"));

        runThenWant(server, Samples.state(2, wanted));

        await().atMost(LONG_ENOUGH)
                .untilAsserted(() -> assertThat(on.host.clients(built.network()))
                        .extracting(SegmentServices.Client::server)
                        .containsExactly(
                                Samples.withMetadata(Samples.wired(server, otherSubnet), Map.of("role", "web"))));
    }

    @Test
    void aSegmentThatChangesReachesAllWhoAreOnIt() {
        DesiredServer first = Samples.server(Samples.bridgeNic(1));
        DesiredServer second = Samples.server(Samples.bridgeNic(2));
        on.controller.want(Samples.state(1, first, second));
        on.start();
        on.awaitReport(first, Observed.class);
        on.awaitReport(second, Observed.class);
        DesiredSegment wanted = Samples.segment(Samples.NETWORK, 1500, "10.0.0.53");

        on.controller.wantSegment(wanted);

        Map<NetworkId, DesiredSegment> told = Map.of(Samples.NETWORK, wanted);
        await().atMost(LONG_ENOUGH)
                .untilAsserted(() -> assertThat(on.host.clients(Samples.NETWORK))
                        .extracting(SegmentServices.Client::server)
                        .containsExactlyInAnyOrder(first.on(told), second.on(told)));
        assertThat(on.controller.told().getLast().servers())
                .as("servers that were told again")
                .isEmpty();
        assertThat(on.host.starts(first.id())).as("its guest runs on").isEqualTo(1);
    }

    @Test
    void tellsARunningGuestItsNewAddress() {
        Bridge built = Samples.bridgeNic(1);
        DesiredServer server = Samples.server(built);
        Bridge readdressed = new Bridge(
                built.port(),
                built.network(),
                built.mac(),
                built.vlan(),
                built.mtu(),
                Samples.bridgeNic(7).addresses(),
                built.physicalNetwork(),
                built.uplink(),
                built.services());
        DesiredServer wanted = Samples.withMetadata(Samples.wired(server, readdressed), Map.of("role", "web"));

        runThenWant(server, Samples.state(2, wanted));

        await().atMost(LONG_ENOUGH)
                .untilAsserted(() -> assertThat(on.host.clients(built.network()))
                        .extracting(SegmentServices.Client::server)
                        .containsExactly(wanted));
    }

    @Test
    void namesInJournalAndLogTheRequestThatChangedAServerLast() {
        try (Log builds = Log.of(Builds.class);
                Log log = Log.of(Convergence.class)) {
            DesiredServer server = Samples.changedFor(Samples.server(Samples.bridgeNic(1)), "req-boot", "req-deploy");
            DesiredServer renamed = Samples.changedFor(server, "req-rename", "req-upgrade");
            DesiredServer gone = Samples.absent(Samples.changedFor(server, "req-delete", "req-clean-up"));
            Path journal = directory.resolve("agent/journal/servers");

            runThenWant(server, Samples.state(2, renamed));
            await().atMost(LONG_ENOUGH)
                    .untilAsserted(() -> assertThat(log.lines())
                            .anyMatch(line -> line.startsWith(
                                    "Server " + server.id() + " (req-rename, global req-upgrade) is described anew")));
            assertThat(builds.lines())
                    .contains("Server " + server.id() + " (req-boot, global req-deploy) runs, and all of its"
                            + " interfaces read back as wanted.");
            assertThat(journal)
                    .isDirectoryContaining(file -> contentOf(file.toFile()).contains("req-upgrade"));

            on.controller.want(Samples.state(3, gone));
            on.awaitReport(server, Absent.class);
            assertThat(log.lines())
                    .contains("Nothing is left of server " + server.id() + " (req-delete, global req-clean-up).");
        }
    }

    @Test
    void leavesTheBridgeToTheServersThatAreStillOnIt() {
        DesiredServer stays = Samples.server(Samples.bridgeNic(1));
        DesiredServer goes = Samples.server(Samples.bridgeNic(2));
        on.controller.want(Samples.state(1, stays, goes));
        on.start();
        on.awaitReport(stays, Observed.class);
        on.awaitReport(goes, Observed.class);
        // After a restart the agent knows the clients from its journal.
        on.stop();
        on.controller.want(Samples.state(2, stays, Samples.absent(goes)));
        on.start();
        on.awaitReport(goes, Absent.class);
        on.assertRuns(stays);
        assertThat(on.host.taps()).hasSize(1);
    }

    @Test
    void answersAConsoleQueryAboutItsServersOnly() {
        DesiredServer server = Samples.server();
        on.controller.want(Samples.state(1, server));
        on.start();
        on.awaitReport(server, Observed.class);
        HostQuery ours = new HostQuery(new UUID(0, 1), server.id(), 1, Optional.empty(), Optional.empty());
        HostQuery foreign = new HostQuery(new UUID(0, 2), ServerId.random(), -1, Optional.empty(), Optional.empty());
        on.controller.want(new DesiredHost(2, List.of(server), List.of(ours, foreign), List.of()));
        await().atMost(LONG_ENOUGH)
                .untilAsserted(() -> assertThat(on.controller.answers())
                        .containsExactlyInAnyOrder(
                                new HostQuery.Answer(ours.id(), "instance-00000001 login: \n"),
                                new HostQuery.Answer(foreign.id(), "")));
    }

    @Test
    void saysWhatItsDriversRefusedAndAsksThemAgainOnceItIsToldTo() {
        DesiredServer server = Samples.server(Samples.direct(on.card(1), 0, 1));
        on.controller.want(Samples.state(1, server));
        on.start();
        on.awaitReport(server, Observed.class);

        List<DriverRefusal> known = ask(2, server, false, Optional.empty());
        assertThat(known).extracting(DriverRefusal::attribute).containsExactly("state");
        assertThat(ask(3, server, true, Optional.of("another"))).isEmpty();
        assertThat(ask(4, server, true, Optional.of(known.getFirst().key()))).hasSize(1);
        assertThat(ask(5, server, false, Optional.empty())).isEmpty();

        DesiredServer next = Samples.server(Samples.direct(on.card(1), 1, 1));
        on.controller.want(Samples.state(6, server, next));
        on.awaitReport(next, Observed.class);
        assertThat(ask(7, server, false, Optional.empty())).hasSize(1);
    }

    private List<DriverRefusal> ask(long revision, DesiredServer server, boolean forgets, Optional<String> card) {
        RefusalQuery query = new RefusalQuery(UUID.randomUUID(), forgets, card, Optional.empty(), Optional.empty());
        on.controller.want(new DesiredHost(revision, List.of(server), List.of(), List.of(), List.of(), List.of(query)));
        return await().atMost(LONG_ENOUGH)
                .until(
                        () -> on.controller.answers().stream()
                                .filter(answer -> answer.id().equals(query.id()))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow()
                .refusals();
    }

    @Test
    void tellsTheInventoryAgainWhenItChanges() {
        on.start();
        await().atMost(LONG_ENOUGH).until(() -> !on.controller.inventories().isEmpty());
        assertThat(on.controller.inventories().getFirst().physicalFunctions()).hasSize(2);
        assertThat(on.controller.inventories().getFirst().interfaces()).containsExactly("phys0", "phys1");
        on.host.removeCard(on.card(1));
        await().atMost(LONG_ENOUGH)
                .untilAsserted(
                        () -> assertThat(on.controller.inventories().getLast().physicalFunctions())
                                .extracting(PhysicalFunction::key)
                                .containsExactly(on.card(0)));
    }

    @Test
    void buildsManyServersAtOnceOnDifferentFunctions() {
        List<DesiredServer> servers = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            servers.add(Samples.server(Samples.bridgeNic(i), Samples.direct(on.card(0), i, 1)));
        }
        on.controller.want(new DesiredHost(1, servers, List.of(), List.of()));
        on.start();
        servers.forEach(server -> on.awaitReport(server, Observed.class));
        servers.forEach(on::assertRuns);
        on.controller.want(
                new DesiredHost(2, servers.stream().map(Samples::absent).toList(), List.of(), List.of()));
        servers.forEach(server -> on.awaitReport(server, Absent.class));
        servers.forEach(on::assertClean);
    }

    @Test
    void endsServicesThatAKilledAgentLeftBehind() {
        var stranger = on.host.connect();
        Bridge tap = Samples.bridgeNic(1);
        stranger.bridges().ensure(Segments.segmentOf(tap));
        stranger.segmentServices()
                .serve(Segments.segmentOf(tap), List.of(new SegmentServices.Client(tap, Samples.server(tap))));
        on.controller.want(Samples.state(1));
        on.start();
        NetworkId network = tap.network();
        await().atMost(LONG_ENOUGH).until(() -> on.host.clients(network).isEmpty());
    }

    private void runThenWant(DesiredServer server, DesiredHost then) {
        on.controller.want(Samples.state(1, server));
        on.start();
        on.awaitReport(server, Observed.class);
        on.assertRuns(server);
        on.controller.want(then);
    }
}
