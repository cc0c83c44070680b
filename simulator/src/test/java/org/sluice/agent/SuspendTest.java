package org.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.sluice.agent.Powers.rebooted;
import static org.sluice.agent.Powers.running;
import static org.sluice.agent.Powers.stopped;
import static org.sluice.agent.Powers.suspended;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.agent.host.VirtualFunctions.Setting;
import org.sluice.model.protocol.DesiredInterface.Bridge;
import org.sluice.model.protocol.DesiredInterface.Direct;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.Power.Ending;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport.Absent;
import org.sluice.model.protocol.ServerReport.Observed;
import org.sluice.simulator.HostCall;
import org.sluice.simulator.PowerLoss;
import org.sluice.simulator.SimulatedCard;

/** Servers with a NIC on a bridge and one on a VF whose guests are saved and go on, through the agent's public door. */
class SuspendTest {
    @TempDir
    Path directory;

    private AgentOnSimulatedHost on;
    private Bridge tap;
    private Direct function;
    private DesiredServer server;
    private long revision = 1;

    @BeforeEach
    void run() {
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
    void aSuspendedGuestIsOffAndItsMemoryIsKept() {
        build();
        wish(suspended(1));

        Observed report = on.awaitObeyed(server, suspended(1));

        assertThat(report.failure()).isEmpty();
        assertThat(report.interfaces()).isEmpty();
        assertThat(on.host.domain(server.id())).isEmpty();
        assertThat(on.host.saved()).containsExactly(server.id());
    }

    @Test
    void itGoesOnWhereItWasWithItsFunctionProgrammedAnew() {
        build();
        wish(suspended(1));
        on.awaitObeyed(server, suspended(1));
        on.host.meddle(on.card(0), 3, new Setting.Vlan(99, 0));
        wish(running(2));

        Observed report = on.awaitObeyed(server, running(2));

        assertThat(report.failure()).isEmpty();
        assertThat(report.interfaces()).hasSize(2);
        on.assertRuns(server);
        assertThat(on.host.domain(server.id()).orElseThrow().nics()).hasSize(2);
        assertThat(on.host.starts(server.id())).as("never started anew").isEqualTo(1);
        assertThat(on.host.saved()).isEmpty();
    }

    @Test
    void itStaysSuspendedWhenItsHostRebootsAndGoesOnAfterwards() {
        build();
        wish(suspended(1));
        on.awaitObeyed(server, suspended(1));
        on.stop();
        on.host.reboot();
        on.controller.forgetReports();
        on.start();
        on.awaitObeyed(server, suspended(1));
        assertThat(on.host.domain(server.id())).isEmpty();

        wish(running(2));
        on.awaitObeyed(server, running(2));
        on.assertRuns(server);
        assertThat(on.host.starts(server.id())).isEqualTo(1);
    }

    @Test
    void whatWasCutOffByItsHostsEndIsNotGoneOnFrom() {
        build();
        on.stop();
        on.controller.forgetReports();
        wish(suspended(1));
        on.start((moment, name) -> {
            if (name.equals("keep the guest's memory")) {
                on.host.faults().kill();
                throw new PowerLoss(name);
            }
        });
        await().dontCatchUncaughtExceptions()
                .atMost(Duration.ofSeconds(20))
                .until(() -> on.host.faults().isKilled());
        on.stop();
        on.host.faults().clear();
        on.host.reboot();
        on.start();

        on.awaitObserved(server, report -> report.generation() == 1 && report.power() == PowerState.STOPPED);
        assertThat(on.host.saved()).isEmpty();
        wish(running(2));
        on.awaitObeyed(server, running(2));
        assertThat(on.host.starts(server.id())).isEqualTo(2);
    }

    @Test
    void aGuestThatKeepsItsFunctionRunsOnAndSaysSo() {
        on.missNicsAfter(Duration.ofMillis(200));
        build();
        on.host.clingToNics(server.id(), true);
        wish(suspended(1));

        Observed report = on.awaitObserved(server, each -> each.failure().isPresent());

        assertThat(report.power()).isEqualTo(PowerState.RUNNING);
        assertThat(report.failure().orElseThrow().reason())
                .contains("has not given up the NIC of port " + function.port());
        on.assertRuns(server);
        assertThat(on.host.saved()).isEmpty();
    }

    @Test
    void whatCannotBeSavedGetsItsFunctionBack() {
        build();
        on.host.faults().refuse(HostCall.SAVE_DOMAIN, "ENOSPC", 1);
        wish(suspended(1));

        Observed report = on.awaitObserved(server, each -> each.failure().isPresent());

        assertThat(report.power()).isEqualTo(PowerState.RUNNING);
        on.assertRuns(server);
        assertThat(on.host.domain(server.id()).orElseThrow().nics()).hasSize(2);
        assertThat(on.host.starts(server.id())).isEqualTo(1);
    }

    @Test
    void aHostWithoutRoomLeavesTheGuestAlone() {
        build();
        on.host.leaveNoRoomForMemory();
        wish(suspended(1));

        Observed report = on.awaitObserved(server, each -> each.failure().isPresent());

        assertThat(report.power()).isEqualTo(PowerState.RUNNING);
        assertThat(report.failure().orElseThrow().code()).isEqualTo("NoRoomForMemory");
        on.assertRuns(server);
    }

    @Test
    void memoryThatCannotBeReadBackIsKeptAndSoIsTheServer() {
        build();
        wish(suspended(1));
        on.awaitObeyed(server, suspended(1));
        on.host.faults().refuse(HostCall.RESTORE_DOMAIN, "EIO", 1000);
        wish(running(2));

        Observed report = on.awaitObserved(server, each -> each.generation() == 2);

        assertThat(report.power()).isEqualTo(PowerState.SUSPENDED);
        assertThat(report.failure().orElseThrow().reason()).contains("EIO");
        assertThat(on.host.saved()).containsExactly(server.id());
    }

    @Test
    void memoryThatIsGoneIsToldAndTheGuestIsNotStartedInItsPlace() {
        build();
        wish(suspended(1));
        on.awaitObeyed(server, suspended(1));
        on.host.loseMemory(server.id());
        wish(running(2));

        Observed report = on.awaitObserved(server, each -> each.generation() == 2);

        assertThat(report.power()).isEqualTo(PowerState.STOPPED);
        assertThat(report.failure().orElseThrow().code()).isEqualTo("MemoryGone");
        assertThat(on.host.starts(server.id())).isEqualTo(1);
        wish(stopped(3));
        on.awaitObeyed(server, stopped(3));
        wish(running(4));
        on.awaitObeyed(server, running(4));
        on.assertRuns(server);
    }

    @Test
    void aHardRebootStartsItFromItsDiskAndDropsItsMemory() {
        build();
        wish(suspended(1));
        on.awaitObeyed(server, suspended(1));
        wish(rebooted(2, 1, Ending.AT_ONCE));

        on.awaitObeyed(server, rebooted(2, 1, Ending.AT_ONCE));

        on.assertRuns(server);
        assertThat(on.host.starts(server.id())).isEqualTo(2);
        assertThat(on.host.saved()).isEmpty();
    }

    @Test
    void itsDeletionLeavesNothing() {
        build();
        wish(suspended(1));
        on.awaitObeyed(server, suspended(1));
        on.controller.want(Samples.state(++revision, Samples.absent(server)));

        on.awaitReport(server, Absent.class);

        on.assertClean(server);
        assertThat(on.host.saved()).isEmpty();
    }

    private void build() {
        on.controller.want(Samples.state(revision, server));
        on.start();
        on.awaitReport(server, Observed.class);
    }

    private void wish(Power power) {
        on.controller.want(Samples.state(++revision, server.powered(power)));
    }
}
