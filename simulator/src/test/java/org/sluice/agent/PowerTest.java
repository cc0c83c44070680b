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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.sluice.agent.host.VirtualFunctions.LinkState;
import org.sluice.agent.host.VirtualFunctions.Setting;
import org.sluice.agent.power.Observations;
import org.sluice.agent.step.StepObserver;
import org.sluice.agent.wire.ProtocolJson;
import org.sluice.model.ImageId;
import org.sluice.model.MacAddress;
import org.sluice.model.protocol.DesiredInterface.Bridge;
import org.sluice.model.protocol.DesiredInterface.Direct;
import org.sluice.model.protocol.DesiredServer;
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
import tools.jackson.databind.node.ObjectNode;

/** The power of servers with a NIC on a bridge and one on a VF, through the agent's public door. */
class PowerTest {
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);
    static final List<Power> NOT_ON = List.of(stopped(3), paused(3), suspended(3));

    @TempDir
    Path directory;

    private AgentOnSimulatedHost on;
    private Bridge tap;
    private Direct function;
    private DesiredServer server;
    private long revision = 1;

    @BeforeEach
    void prepare() {
        on = new AgentOnSimulatedHost(directory, SimulatedCard.CONNECTX_5);
        tap = Samples.bridgeNic(1);
        function = Samples.direct(on.card(0), 3, 7);
        server = Samples.server(tap, function);
    }

    @AfterEach
    void stop() {
        on.close();
    }

    @Test
    void stopsAServerAndKeepsAllThatItHas() {
        run();
        wish(stopped(1));

        Observed report = on.awaitObeyed(server, stopped(1));

        assertThat(report.interfaces()).isEmpty();
        assertThat(report.failure()).isEmpty();
        assertIsAsAfterAStop();
    }

    @Test
    void aStoppedServerStaysOffAcrossRestartsOfAgentAndHost() {
        run();
        wish(stopped(1));
        on.awaitObeyed(server, stopped(1));
        on.controller.forgetReports();
        on.start();
        on.awaitObeyed(server, stopped(1));
        on.host.reboot();
        on.controller.forgetReports();
        on.start();
        on.awaitObeyed(server, stopped(1));
        on.controller.beAway(true);
        on.start();
        await().atMost(LONG_ENOUGH).until(() -> on.controller.missed() > 2);
        assertOff();
        assertThat(on.host.starts(server.id())).isEqualTo(1);
    }

    @Test
    void startsAStoppedServerWithItsFunctionProgrammedAnew() {
        run();
        wish(stopped(1));
        on.awaitObeyed(server, stopped(1));
        on.host.meddle(on.card(0), 3, new Setting.Vlan(99, 0));
        wish(running(2));

        Observed report = on.awaitObeyed(server, running(2));

        assertThat(report.interfaces()).hasSize(2);
        assertThat(report.failure()).isEmpty();
        on.assertRuns(server);
        assertThat(on.host.starts(server.id())).isEqualTo(2);
    }

    @Test
    void whatRanIsStartedAgainOnItsDiskWhenTheProcessOfASimulatedHostIsAnother() throws IOException {
        run();
        Path cut = Files.writeString(disks().resolve(".cut short"), "");
        anotherProcess();
        run();
        assertThat(cut).doesNotExist();
        assertThat(on.host.disks()).containsExactly(server.id());
        assertThat(on.host.rootDisks(server.id())).containsExactly(1);
    }

    /** Versions before remembered their consoles alone. */
    @Test
    void aSimulatedHostOfAVersionThatRememberedNoDisksHasThoseOfItsServers() throws IOException {
        run();
        on.close();
        for (Path file : List.of(disks().resolve(server.id().toString()), disks())) {
            Files.delete(file);
        }
        anotherProcess();
        anotherProcess();
        run();
        assertThat(on.host.image(server.id())).contains(server.image().id());
        assertThat(on.host.rootDisks(server.id())).containsExactly(1);
    }

    private Path disks() {
        return directory.resolve("consoles/disks");
    }

    private void anotherProcess() {
        on.close();
        on = new AgentOnSimulatedHost(directory, SimulatedCard.CONNECTX_5);
    }

    @Test
    void aServerThatHasLostItsDiskIsNotStartedOnAnother() {
        run();
        wish(stopped(1));
        on.awaitObeyed(server, stopped(1));
        on.host.loseDisks(server.id());
        wish(running(2));

        Observed report = on.awaitObserved(
                server, each -> each.generation() == 2 && each.failure().isPresent());

        assertThat(report.failure().orElseThrow().code()).isEqualTo("RootDiskGone");
        assertThat(report.power()).isEqualTo(PowerState.STOPPED);
        assertThat(on.host.disks()).isEmpty();
        assertThat(on.host.starts(server.id())).isEqualTo(1);
    }

    @Test
    void aServerWhoseDiskIsGoneAfterARebootOfItsHostIsNotStarted() {
        run();
        on.stop();
        on.host.reboot();
        on.host.loseDisks(server.id());
        on.controller.forgetReports();
        on.start();

        Observed report = on.awaitObserved(server, each -> each.failure().isPresent());

        assertThat(report.failure().orElseThrow().code()).isEqualTo("RootDiskGone");
        assertThat(on.host.disks()).isEmpty();
        assertThat(on.host.running()).isEmpty();
    }

    @Test
    void aRebuildGivesAServerThatHasLostItsDiskANewOne() {
        run();
        on.host.loseDisks(server.id());
        wish(new Power(Level.RUNNING, 1, 1, 1, Ending.AT_ONCE));

        on.awaitObserved(
                server, each -> each.generation() == 1 && each.failure().isEmpty());

        on.assertRuns(server);
        assertThat(on.host.starts(server.id())).isEqualTo(2);
    }

    @Test
    void isResizedWhileItIsOffAndCanBecomeWhatItWas() {
        run();
        wish(stopped(1));
        on.awaitObeyed(server, stopped(1));
        DesiredServer large = Samples.resized(server, 4, 2048, 20, new DesiredServer.RootDisk(2, Optional.of(1), 2));
        on.controller.want(Samples.state(++revision, large.powered(rebooted(2, 1, Ending.AT_ONCE))));
        on.awaitObeyed(server, rebooted(2, 1, Ending.AT_ONCE));
        assertThat(on.host.vcpus(server.id())).contains(4);
        assertThat(on.host.rootDisks(server.id())).containsExactly(1, 2);

        DesiredServer small = Samples.resized(server, 1, 512, 1, new DesiredServer.RootDisk(1, Optional.empty(), 2));
        on.controller.want(Samples.state(++revision, small.powered(rebooted(3, 2, Ending.AT_ONCE))));
        on.awaitObeyed(server, rebooted(3, 2, Ending.AT_ONCE));
        assertThat(on.host.vcpus(server.id())).contains(1);
        assertThat(on.host.rootDisks(server.id()))
                .as("what was written to the other is gone")
                .containsExactly(1);
        on.assertRuns(server);
    }

    /** What is said of the wish is said of the disk: whoever may keep or give up the disk of before goes by it. */
    @Test
    void oneThatIsOffHasItsLargerDiskWhenItsHostSaysSo() {
        run();
        wish(stopped(1));
        on.awaitObeyed(server, stopped(1));
        DesiredServer large = Samples.resized(server, 4, 2048, 20, new DesiredServer.RootDisk(2, Optional.of(1), 2));
        on.controller.want(Samples.state(++revision, large.powered(stopped(2))));
        on.awaitObeyed(server, stopped(2));
        assertThat(on.host.rootDisks(server.id())).containsExactly(1, 2);
        assertOff();
    }

    @Test
    void oneThatIsOffSaysThatItsLargerDiskCannotBeMadeAndTriesAgainWhenItIsWishedAgain() {
        run();
        wish(stopped(1));
        on.awaitObeyed(server, stopped(1));
        DesiredServer large = Samples.resized(server, 4, 2048, 20, new DesiredServer.RootDisk(2, Optional.of(1), 2));
        on.host.faults().refuse(HostCall.REQUIRE_ROOT_DISK, "ENOSPC", 1);
        on.controller.want(Samples.state(++revision, large.powered(stopped(2))));
        Observed refused = on.awaitObserved(
                server, each -> each.generation() == 2 && each.failure().isPresent());
        assertThat(refused.power()).isEqualTo(PowerState.STOPPED);
        assertThat(refused.failure().orElseThrow().reason()).contains("root disk");
        assertThat(on.host.rootDisks(server.id())).containsExactly(1);

        on.controller.want(Samples.state(++revision, large.powered(stopped(3))));
        on.awaitObeyed(server, stopped(3));
        assertThat(on.host.rootDisks(server.id())).containsExactly(1, 2);
    }

    @Test
    void aControllerThatKnowsOnlyOfAnOlderDiskTakesNoneAway() {
        run();
        DesiredServer large = Samples.resized(server, 4, 2048, 20, new DesiredServer.RootDisk(2, Optional.empty(), 2));
        on.controller.want(Samples.state(++revision, large.powered(rebooted(2, 1, Ending.AT_ONCE))));
        on.awaitObeyed(server, rebooted(2, 1, Ending.AT_ONCE));

        on.controller.want(Samples.state(++revision, server.powered(rebooted(3, 2, Ending.AT_ONCE))));
        on.awaitObeyed(server, rebooted(3, 2, Ending.AT_ONCE));
        assertThat(on.host.rootDisks(server.id())).containsExactly(1, 2);
    }

    /** Its host was away when it was stopped for that. */
    @Test
    void aGuestThatRunsIsNeverTakenForOneOfTheNewFlavor() {
        run();
        DesiredServer large = Samples.resized(server, 4, 2048, 20, new DesiredServer.RootDisk(2, Optional.of(1), 2));
        on.controller.want(Samples.state(++revision, large.powered(rebooted(2, 1, Ending.AT_ONCE))));
        on.awaitObeyed(server, rebooted(2, 1, Ending.AT_ONCE));
        assertThat(on.host.vcpus(server.id())).contains(4);
        assertThat(on.host.rootDisks(server.id())).containsExactly(1, 2);
    }

    /** Killed when the old disk is gone and the new one is not there, without anybody to ask what it is to be. */
    @Test
    void neverStartsAServerWhoseDiskIsBeingMadeAnew() {
        run();
        DesiredServer.Image other = new DesiredServer.Image(new ImageId(new UUID(5, 6)), "qcow2", 1, "2".repeat(128));
        Power rebuild = new Power(Level.RUNNING, 1, 1, 1, Ending.AT_ONCE);
        // Before the wish: the agent that runs would have it done in no time.
        on.stop();
        on.controller.want(Samples.state(2, server.imaged(other).powered(rebuild)));
        on.start((moment, step) -> {
            if (moment == StepObserver.Moment.BEFORE_APPLY && step.equals("root disk")) {
                throw new PowerLoss("between two disks");
            }
        });
        await().atMost(LONG_ENOUGH).until(() -> on.host.image(server.id()).isEmpty());
        on.stop();
        on.host.reboot();
        on.controller.beAway(true);
        on.start();
        int missed = on.controller.missed();
        await().atMost(LONG_ENOUGH).until(() -> on.controller.missed() > missed + 20);

        assertThat(on.host.image(server.id())).isEmpty();
        assertThat(on.host.running()).isEmpty();
        on.controller.beAway(false);
        on.awaitObeyed(server, rebuild);
        assertThat(on.host.image(server.id())).contains(other.id());
        on.assertRuns(server);
    }

    @Test
    void aRebuildThatHasNoImageLeavesTheDiskThatThereIs() {
        run();
        DesiredServer.Image gone = new DesiredServer.Image(new ImageId(new UUID(7, 8)), "qcow2", 1, "3".repeat(128));
        on.host.faults().refuse(HostCall.FETCH_IMAGE, "ENOENT", 1000);
        on.controller.want(
                Samples.state(2, server.imaged(gone).powered(new Power(Level.STOPPED, 1, 1, 1, Ending.AT_ONCE))));

        Observed report = on.awaitObserved(server, each -> each.failure().isPresent());

        assertThat(report.power()).isEqualTo(PowerState.STOPPED);
        assertThat(on.host.image(server.id())).contains(server.image().id());
    }

    @Test
    void aRebuildThatIsWishedAfterTheBooksWereRestoredIsDone() {
        run();
        DesiredServer.Image other = new DesiredServer.Image(new ImageId(new UUID(5, 6)), "qcow2", 1, "2".repeat(128));
        Power first = new Power(Level.RUNNING, 1, 1, 1, Ending.AT_ONCE);
        on.controller.want(Samples.state(2, server.powered(first)));
        on.awaitObeyed(server, first);
        Power restored = running(0);
        on.controller.want(Samples.state(3, server.powered(restored)));
        on.awaitObeyed(server, restored);
        on.controller.forgetReports();
        on.controller.want(Samples.state(4, server.imaged(other).powered(first)));
        on.awaitObeyed(server, first);

        assertThat(on.host.image(server.id())).contains(other.id());
    }

    @Test
    void startsAStoppedServerAfterTheHostRebooted() {
        run();
        wish(stopped(1));
        on.awaitObeyed(server, stopped(1));
        on.host.reboot();
        wish(running(2));
        on.start();
        on.awaitObeyed(server, running(2));
        on.assertRuns(server);
    }

    @Test
    void removesAStoppedServerAfterTheHostRebootedBesideAnotherOnItsNetwork() {
        DesiredServer other = Samples.server(Samples.bridgeNic(2));
        on.controller.want(Samples.state(1, server, other));
        on.start();
        on.awaitReport(server, Observed.class);
        on.awaitReport(other, Observed.class);
        DesiredServer otherStopped = other.powered(stopped(1));
        on.controller.want(Samples.state(2, server.powered(stopped(1)), otherStopped));
        on.awaitPower(server, PowerState.STOPPED);
        on.awaitPower(other, PowerState.STOPPED);
        on.host.reboot();
        on.controller.want(Samples.state(3, Samples.absent(server), otherStopped));
        on.start();

        assertThat(on.awaitReport(server, Absent.class).released()).containsExactly(function.lease());
        assertThat(on.host.disks()).containsExactly(other.id());
    }

    @Test
    void aGuestThatPoweredItselfOffStaysOffUntilSomebodyStartsIt() {
        run();
        wish(running(4));
        on.awaitObeyed(server, running(4));
        on.host.powerOff(server.id());

        Observed report = on.awaitPower(server, PowerState.STOPPED);

        assertThat(report.generation()).isEqualTo(4);
        assertThat(report.failure()).isEmpty();
        assertThat(report.interfaces()).isEmpty();
        on.controller.forgetReports();
        on.start();
        on.awaitPower(server, PowerState.STOPPED);
        assertThat(on.host.starts(server.id())).isEqualTo(1);

        wish(running(5));
        on.awaitObeyed(server, running(5));
        on.assertRuns(server);
    }

    @Test
    void aGuestThatCrashedIsReportedSoAndStaysOff() {
        run();
        on.host.crash(server.id());
        assertThat(on.awaitPower(server, PowerState.CRASHED).failure()).isEmpty();
        wish(running(1));
        on.awaitObeyed(server, running(1));
        assertThat(on.host.starts(server.id())).isEqualTo(2);
    }

    @Test
    void whatRanIsStartedAgainAfterTheHostRebooted() {
        run();
        on.host.reboot();
        on.controller.forgetReports();
        on.start();
        assertThat(on.awaitPower(server, PowerState.RUNNING).interfaces()).hasSize(2);
        on.assertRuns(server);
        assertThat(on.host.starts(server.id())).isEqualTo(2);
    }

    @Test
    void whatEndsWithTheMachineIsNotToldAndStartedAfterTheBoot() {
        DesiredServer stopped = Samples.server(Samples.bridgeNic(3));
        on.controller.want(Samples.state(++revision, server, stopped));
        on.start();
        on.awaitPower(server, PowerState.RUNNING);
        on.awaitPower(stopped, PowerState.RUNNING);
        on.controller.forgetReports();
        on.host.beginShutdown();
        on.host.powerOff(server.id());
        await().atMost(LONG_ENOUGH).until(() -> on.host.endsWithheld() > 0);
        // What is wished meanwhile is done and told.
        on.controller.want(Samples.state(++revision, server, stopped.powered(stopped(1))));
        on.awaitObeyed(stopped, stopped(1));
        assertThat(on.controller.reports())
                .extracting(ServerReport::server)
                .as("nobody is told that a guest ended by itself")
                .doesNotContain(server.id());

        on.host.reboot();
        on.controller.forgetReports();
        on.start();
        on.awaitPower(server, PowerState.RUNNING);
        on.awaitObeyed(stopped, stopped(1));
        assertThat(on.host.starts(server.id())).isEqualTo(2);
        assertThat(on.host.starts(stopped.id())).isEqualTo(1);
    }

    @Test
    void rebootsOnceForEachCountGracefully() {
        run();
        List<String> calls = domainCalls();
        wish(rebooted(1, 1, Ending.GRACEFUL));
        on.awaitObeyed(server, running(1));
        on.assertRuns(server);
        assertThat(on.host.starts(server.id())).isEqualTo(2);
        assertThat(calls)
                .containsExactly("press the power button of " + server.id(), "start domain " + server.instanceName());

        on.start();
        wish(rebooted(2, 2, Ending.GRACEFUL));
        on.awaitObeyed(server, running(2));
        assertThat(on.host.starts(server.id())).isEqualTo(3);
    }

    @Test
    void rebootsAtOnceWithoutAskingTheGuest() {
        run();
        List<String> calls = domainCalls();
        wish(rebooted(1, 1, Ending.AT_ONCE));
        on.awaitObeyed(server, running(1));
        on.assertRuns(server);
        assertThat(calls).containsExactly("destroy domain of " + server.id(), "start domain " + server.instanceName());
    }

    @Test
    void cutsOffAGuestThatDoesNotEndInTime() {
        on.cutOffAfter(Duration.ofMillis(300));
        run();
        on.host.ignorePowerButton(server.id());
        List<String> calls = domainCalls();
        wish(stopped(1));
        on.awaitObeyed(server, stopped(1));
        assertThat(calls)
                .containsExactly("press the power button of " + server.id(), "destroy domain of " + server.id());
    }

    @Test
    void waitingForAGuestHoldsUpNoOtherServer() {
        List<DesiredServer> deaf = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            deaf.add(Samples.server(Samples.bridgeNic(10 + i)));
        }
        on.controller.want(Samples.state(1, deaf.toArray(DesiredServer[]::new)));
        on.start();
        deaf.forEach(each -> on.awaitReport(each, Observed.class));
        deaf.forEach(each -> on.host.ignorePowerButton(each.id()));
        List<DesiredServer> wanted = new ArrayList<>(
                deaf.stream().map(each -> each.powered(stopped(1))).toList());
        wanted.add(server);
        on.controller.want(Samples.state(2, wanted.toArray(DesiredServer[]::new)));

        on.awaitReport(server, Observed.class);
        assertThat(on.host.running()).hasSize(11);

        // Whoever waits no longer says so, and the guests are cut off.
        on.controller.want(Samples.state(
                3,
                deaf.stream()
                        .map(each -> each.powered(new Power(Power.Level.STOPPED, 2, 0, Ending.AT_ONCE)))
                        .toArray(DesiredServer[]::new)));
        deaf.forEach(each -> on.awaitObeyed(each, stopped(2)));
    }

    @Test
    void aStartThatIsWishedWhileTheGuestStillEndsIsNotLost() {
        run();
        on.host.ignorePowerButton(server.id());
        List<String> calls = domainCalls();
        wish(stopped(1));
        await().atMost(LONG_ENOUGH).until(() -> calls.size() == 1);
        wish(running(2));
        // At last it obeys.
        on.host.powerOff(server.id());
        on.awaitObeyed(server, running(2));
        await().atMost(LONG_ENOUGH).until(() -> on.host.starts(server.id()) == 2);
        on.assertRuns(server);
    }

    @Test
    void pausesAndResumes() {
        run();
        wish(paused(1));
        assertThat(on.awaitObeyed(server, paused(1)).interfaces()).hasSize(2);
        assertThat(on.host.running()).isEmpty();
        wish(running(2));
        assertThat(on.awaitObeyed(server, running(2)).interfaces()).hasSize(2);
        on.assertRuns(server);
        assertThat(on.host.starts(server.id())).isEqualTo(1);
    }

    @Test
    void aPausedServerIsOffAfterTheHostRebooted() {
        run();
        wish(paused(1));
        on.awaitObeyed(server, paused(1));
        on.host.reboot();
        on.start();
        assertThat(on.awaitPower(server, PowerState.STOPPED).generation()).isEqualTo(1);
        wish(running(2));
        on.awaitObeyed(server, running(2));
        on.assertRuns(server);
    }

    @Test
    void aPausedServerIsStoppedWithoutWaitingForWhatItCannotHear() {
        run();
        wish(paused(1));
        on.awaitObeyed(server, paused(1));
        wish(stopped(2));
        on.awaitObeyed(server, stopped(2));
        assertOff();
    }

    @Test
    void pausingAServerThatIsOffLeavesItOff() {
        run();
        wish(stopped(1));
        on.awaitObeyed(server, stopped(1));
        wish(paused(2));
        Observed report = on.awaitObserved(server, each -> each.generation() == 2);
        assertThat(report.power()).isEqualTo(PowerState.STOPPED);
        assertThat(report.failure()).isEmpty();
        on.start();
        on.awaitPower(server, PowerState.STOPPED);
        assertThat(on.host.starts(server.id())).isEqualTo(1);
    }

    @Test
    void aGuestThatAnErrorOfItsDiskPausedIsReportedAndLeftAlone() {
        run();
        on.host.failToWrite(server.id());
        Observed report = on.awaitPower(server, PowerState.PAUSED);
        assertThat(report.generation()).isZero();
        assertThat(report.failure()).isEmpty();
        on.controller.forgetReports();
        on.start();
        on.awaitPower(server, PowerState.PAUSED);
        wish(running(1));
        on.awaitObeyed(server, running(1));
        assertThat(on.host.starts(server.id())).isEqualTo(1);
    }

    /** As on a host that lost its journal and its disk, or where it came from another one. The memory to go on from is lost. */
    @ParameterizedTest
    @FieldSource("NOT_ON")
    void aServerThatIsNotToRunIsBuiltWithoutBeingStarted(Power wish) {
        on.controller.want(Samples.state(1, server.powered(wish)));
        on.start();

        Observed report = on.awaitPower(server, PowerState.STOPPED);

        assertThat(report.generation()).isEqualTo(3);
        assertThat(report.failure()).isEmpty();
        assertThat(report.interfaces()).isEmpty();
        assertIsAsAfterAStop();
        assertThat(on.host.starts(server.id())).isZero();
        assertThat(on.controller.reports()).allSatisfy(each -> assertThat(each).isEqualTo(report));
        wish(running(4));
        assertThat(on.awaitObeyed(server, running(4)).interfaces()).hasSize(2);
        on.assertRuns(server);
        assertThat(on.host.starts(server.id())).isEqualTo(1);
    }

    @ParameterizedTest
    @FieldSource("NOT_ON")
    void aServerThatWasBuiltWithoutBeingStartedIsKeptSo(Power wish) {
        on.controller.want(Samples.state(1, server.powered(wish)));
        on.start();
        on.awaitPower(server, PowerState.STOPPED);

        on.controller.forgetReports();
        on.start();
        on.awaitPower(server, PowerState.STOPPED);
        assertIsAsAfterAStop();
        on.host.reboot();
        on.controller.forgetReports();
        on.start();
        on.awaitPower(server, PowerState.STOPPED);
        assertThat(on.host.starts(server.id())).isZero();
        on.controller.want(Samples.state(2, Samples.absent(server)));
        on.awaitReport(server, Absent.class);
        on.assertClean(server);
    }

    @Test
    void whatCannotBeBuiltOfAServerThatIsToBeOffIsUndone() {
        on.host.faults().refuse(HostCall.SET_VLAN, "ENOMEM", 1);
        on.controller.want(Samples.state(1, server.powered(stopped(3))));
        on.start();

        assertThat(on.awaitReport(server, Failed.class).failure().reason()).contains("ENOMEM");
        on.assertClean(server);
    }

    @Test
    void rebootsThatWereWishedBeforeItEverRanAreDoneByItsStart() {
        on.controller.want(Samples.state(1, server.powered(rebooted(3, 3, Ending.GRACEFUL))));
        on.start();
        on.awaitObeyed(server, running(3));
        wish(rebooted(4, 4, Ending.GRACEFUL));
        on.awaitObeyed(server, running(4));
        assertThat(on.host.starts(server.id())).isEqualTo(2);
    }

    @Test
    void saysWhyAServerCannotBeStartedAndTriesAgainWithoutDestroyingAnything() {
        run();
        wish(stopped(1));
        on.awaitObeyed(server, stopped(1));
        on.host.faults().refuse(HostCall.START_DOMAIN, "ENOMEM", 3);
        wish(running(2));

        Observed report = on.awaitObserved(server, each -> each.failure().isPresent());

        assertThat(report.generation()).isEqualTo(2);
        assertThat(report.power()).isEqualTo(PowerState.STOPPED);
        assertThat(report.failure().orElseThrow().code()).isEqualTo("KernelENOMEM");
        assertThat(report.failure().orElseThrow().reason()).contains("'domain'", "start domain instance-00000001");
        assertThat(on.host.disks()).containsExactly(server.id());
        assertThat(on.awaitObeyed(server, running(2)).failure()).isEmpty();
        on.assertRuns(server);
        assertThat(on.controller.reports()).noneMatch(Failed.class::isInstance);
    }

    @Test
    void waitsLongerAndLongerBetweenStartsThatFail() {
        run();
        wish(stopped(1));
        on.awaitObeyed(server, stopped(1));
        on.host.faults().refuse(HostCall.START_DOMAIN, "ENOMEM", 1_000);
        List<Long> at = new CopyOnWriteArrayList<>();
        on.host.faults().listen((call, _) -> {
            if (call == HostCall.START_DOMAIN) {
                at.add(System.nanoTime());
            }
        });
        wish(running(2));
        await().atMost(LONG_ENOUGH).until(() -> at.size() == 5);
        // 50, 100, 200 and 400 ms, each a little less where two clocks differ.
        for (int i = 0; i < 4; i++) {
            assertThat(Duration.ofNanos(at.get(i + 1) - at.get(i))).isGreaterThan(Duration.ofMillis(45L << i));
        }
        // Somebody who wishes it once more does not wait for that.
        on.host.faults().clear();
        wish(running(3));
        on.awaitObeyed(server, running(3));
    }

    /** The next start meets somebody who changes the VF meanwhile. */
    private void startMeddledWith(Setting setting) {
        on.verifyEvery(Duration.ofMinutes(10));
        run();
        wish(stopped(1));
        on.awaitObeyed(server, stopped(1));
        on.host.faults().listen((call, _) -> {
            if (call == HostCall.START_DOMAIN) {
                on.host.meddle(on.card(0), 3, setting);
            }
        });
        wish(running(2));
    }

    @Test
    void bringsBackWhatSomebodyChangedDuringAStart() {
        startMeddledWith(new Setting.Vlan(99, 0));

        Observed report = on.awaitObeyed(server, running(2));

        assertThat(report.failure()).isEmpty();
        assertThat(report.interfaces()).hasSize(2);
        on.assertRuns(server);
    }

    @Test
    void saysWhatIsWrongWithAServerThatItStartedAndLooksAgainSoon() {
        startMeddledWith(new Setting.Mac(new MacAddress("02:00:00:00:00:99")));
        Observed report = on.awaitObserved(server, each -> each.failure().isPresent());
        assertThat(report.generation()).isEqualTo(2);
        assertThat(report.power()).isEqualTo(PowerState.RUNNING);
        assertThat(report.failure().orElseThrow().code()).isEqualTo("VfReadBackDiffers");
        assertThat(report.interfaces())
                .extracting(ServerReport.InterfaceState::port)
                .containsExactly(tap.port());

        on.host.meddle(on.card(0), 3, new Setting.Mac(function.mac()));
        assertThat(on.awaitObserved(server, each -> each.failure().isEmpty()).interfaces())
                .hasSize(2);
    }

    @Test
    void whatIsWrongLaterIsAnAlarmAndNoFailureOfItsPower() {
        try (Log log = Log.of(Observations.class)) {
            run();
            on.host.meddle(on.card(0), 3, new Setting.Link(LinkState.AUTO));
            on.host.meddle(on.card(0), 3, new Setting.Mac(new MacAddress("02:00:00:00:00:99")));
            await().atMost(LONG_ENOUGH)
                    .until(() -> log.lines().stream().anyMatch(line -> line.contains("runs, but not as wanted")));
        }
        assertThat(on.controller.reports())
                .allSatisfy(report -> assertThat(report)
                        .isInstanceOfSatisfying(
                                Observed.class,
                                observed -> assertThat(observed.failure()).isEmpty()));
    }

    @Test
    void aStopThatCannotBeDoneIsToldAndNotTriedAgainByItself() {
        run();
        on.host.faults().refuse(HostCall.DESTROY_DOMAIN, "EBUSY", 1);
        List<String> calls = domainCalls();
        wish(new Power(Power.Level.STOPPED, 1, 0, Ending.AT_ONCE));
        Observed report = on.awaitObserved(server, each -> each.failure().isPresent());
        assertThat(report.generation()).isEqualTo(1);
        assertThat(report.power()).isEqualTo(PowerState.RUNNING);
        assertThat(report.interfaces()).hasSize(2);
        wish(running(2));
        assertThat(on.awaitObeyed(server, running(2)).failure()).isEmpty();
        assertThat(calls).hasSize(1);
        assertThat(on.host.starts(server.id())).isEqualTo(1);
    }

    @Test
    void aPauseThatCannotBeDoneIsTold() {
        run();
        on.host.faults().refuse(HostCall.SUSPEND_DOMAIN, "EBUSY", 1);
        wish(paused(1));
        Observed report = on.awaitObserved(server, each -> each.failure().isPresent());
        assertThat(report.generation()).isEqualTo(1);
        assertThat(report.power()).isEqualTo(PowerState.RUNNING);
        wish(paused(2));
        on.awaitObeyed(server, paused(2));
    }

    @Test
    void aGuestThatCannotBeAskedIsAskedAgain() {
        run();
        on.host.faults().refuse(HostCall.SHUT_DOWN_DOMAIN, "EBUSY", 2);
        wish(stopped(1));
        on.awaitObeyed(server, stopped(1));
        assertThat(on.controller.reports())
                .allSatisfy(report -> assertThat(report)
                        .isInstanceOfSatisfying(
                                Observed.class,
                                observed -> assertThat(observed.failure()).isEmpty()));
    }

    @Test
    void aStoppedServerIsDescribedAnewToItsNextGuest() {
        run();
        wish(stopped(1));
        on.awaitObeyed(server, stopped(1));
        server = Samples.withMetadata(server, Map.of("role", "web"));
        wish(running(2));
        on.awaitObeyed(server, running(2));
        assertThat(on.host.clients(tap.network()))
                .extracting(client -> client.server().metadata())
                .containsExactly(Map.of("role", "web"));
    }

    @Test
    void removesAServerWhoseGuestIsStillAskedToEnd() {
        run();
        on.host.ignorePowerButton(server.id());
        List<String> calls = domainCalls();
        wish(stopped(1));
        await().atMost(LONG_ENOUGH).until(() -> calls.size() == 1);
        on.controller.want(Samples.state(++revision, Samples.absent(server)));
        on.awaitReport(server, Absent.class);
        on.assertClean(server);
    }

    @Test
    void seesAtOnceWhatBecameOfAGuestAndCutsItOffInTimeWithoutComparing() {
        on.compareEvery(Duration.ofMinutes(10));
        on.cutOffAfter(Duration.ofMillis(200));
        run();
        on.host.powerOff(server.id());
        on.awaitPower(server, PowerState.STOPPED);
        wish(running(1));
        on.awaitObeyed(server, running(1));
        on.host.failToWrite(server.id());
        on.awaitPower(server, PowerState.PAUSED);
        wish(running(2));
        on.awaitObeyed(server, running(2));
        on.host.ignorePowerButton(server.id());
        wish(stopped(3));
        on.awaitObeyed(server, stopped(3));
        assertOff();
    }

    @Test
    void whatWasBegunIsBroughtToItsEndWithoutAController() {
        on.cutOffAfter(Duration.ofMillis(300));
        run();
        on.host.ignorePowerButton(server.id());
        List<String> calls = domainCalls();
        wish(rebooted(1, 1, Ending.GRACEFUL));
        await().atMost(LONG_ENOUGH).until(() -> calls.size() == 1);
        on.controller.beAway(true);
        on.start();
        await().atMost(LONG_ENOUGH).until(() -> on.host.starts(server.id()) == 2);
        on.controller.beAway(false);
        on.awaitObeyed(server, running(1));
        on.assertRuns(server);
        assertThat(on.host.starts(server.id())).isEqualTo(2);
    }

    @Test
    void aServerOfBeforeTheJournalKnewBootsIsStartedWhenItIsOff() throws IOException {
        run();
        on.stop();
        forgetPowerInJournal();
        on.host.powerOff(server.id());
        on.controller.forgetReports();
        on.start();
        on.awaitPower(server, PowerState.RUNNING);
        on.assertRuns(server);
        assertThat(on.host.starts(server.id())).isEqualTo(2);
    }

    @Test
    void aServerOfBeforeTheJournalKnewBootsThatRunsIsLikeAnyOtherFromThenOn() throws IOException {
        run();
        on.stop();
        forgetPowerInJournal();
        on.controller.forgetReports();
        on.start();
        on.awaitPower(server, PowerState.RUNNING);
        await().atMost(LONG_ENOUGH)
                .untilAsserted(() -> assertThat(on.journalOf(server)).content().contains("hostBoot"));
        on.host.powerOff(server.id());
        on.awaitPower(server, PowerState.STOPPED);
        on.start();
        on.awaitPower(server, PowerState.STOPPED);
        assertThat(on.host.starts(server.id())).isEqualTo(1);
    }

    @Test
    void aCrashThatSomebodyAnswersByStoppingIsAStop() {
        run();
        on.host.crash(server.id());
        on.awaitPower(server, PowerState.CRASHED);
        wish(stopped(1));
        on.awaitObeyed(server, stopped(1));
    }

    /** Has the journal say what an agent wrote that knew no power. */
    private void forgetPowerInJournal() throws IOException {
        Path file = on.journalOf(server);
        ObjectNode entry = (ObjectNode) ProtocolJson.MAPPER.readTree(Files.readAllBytes(file));
        entry.remove("guest");
        entry.put("phase", "RUNNING");
        ObjectNode desired = (ObjectNode) entry.get("server");
        desired.remove("power");
        desired.put("presence", "RUNNING");
        Files.write(file, ProtocolJson.MAPPER.writeValueAsBytes(entry));
    }

    private void run() {
        on.controller.want(Samples.state(revision, server));
        on.start();
        on.awaitReport(server, Observed.class);
        on.assertRuns(server);
    }

    private void wish(Power power) {
        on.controller.want(Samples.state(++revision, server.powered(power)));
    }

    /** Off, with all that it had: a start prepares it anew, and nobody else is given any of it. */
    private void assertIsAsAfterAStop() {
        assertOff();
        assertThat(on.host.disks()).containsExactly(server.id());
        assertThat(on.host.taps()).containsExactly(tap.port());
        assertThat(on.host.clients(tap.network())).hasSize(1);
        assertThat(on.host.tuple(on.card(0), 3).mac()).isEqualTo(function.mac());
        assertThat(on.host.driver(on.card(0), 3)).contains("vfio-pci");
    }

    private void assertOff() {
        assertThat(on.host.domain(server.id())).isEmpty();
    }

    /** What is asked of the hypervisor from now on that changes something. */
    private List<String> domainCalls() {
        List<String> calls = new CopyOnWriteArrayList<>();
        on.host.faults().listen((call, what) -> {
            switch (call) {
                case START_DOMAIN, DESTROY_DOMAIN, SHUT_DOWN_DOMAIN, SUSPEND_DOMAIN, RESUME_DOMAIN -> calls.add(what);
                default -> {
                    // Not the hypervisor's, or a look.
                }
            }
        });
        return calls;
    }
}
