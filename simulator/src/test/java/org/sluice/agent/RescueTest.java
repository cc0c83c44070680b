package org.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.agent.host.Hypervisor.Domain;
import org.sluice.model.ImageId;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.DiskWish;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.Power.Ending;
import org.sluice.model.protocol.Power.Level;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport.Absent;
import org.sluice.model.protocol.ServerReport.Observed;
import org.sluice.simulator.HostCall;
import org.sluice.simulator.SimulatedCard;

/** Guests that boot from another image, with their root disk beside it, and back. */
class RescueTest {
    private static final DesiredServer.Image IMAGE =
            new DesiredServer.Image(new ImageId(new UUID(7, 7)), "qcow2", 2048, "2".repeat(128));
    private static final Power RESCUED = new Power(Level.RUNNING, 1, 1, Ending.AT_ONCE);
    private static final Power UNRESCUED = new Power(Level.RUNNING, 2, 2, Ending.AT_ONCE);

    @TempDir
    Path directory;

    private AgentOnSimulatedHost on;
    private DesiredServer server;
    private long revision;

    @BeforeEach
    void run() {
        on = new AgentOnSimulatedHost(directory, SimulatedCard.CONNECTX_5);
        server = Samples.server(Samples.bridgeNic(1), Samples.direct(on.card(0), 3, 1));
        want(server);
        on.start();
        on.awaitReport(server, Observed.class);
    }

    @AfterEach
    void stop() {
        on.close();
    }

    private void want(DesiredServer wanted) {
        on.controller.want(Samples.state(++revision, wanted));
    }

    private Optional<String> rescueDisk() {
        return on.host
                .domain(server.id())
                .flatMap(Domain::rescueDisk)
                .map(disk -> disk.path().getFileName().toString());
    }

    private void rescue() {
        want(server.powered(RESCUED).wishing(DiskWish.rescuedBy(IMAGE)));
        on.awaitObeyed(server, RESCUED);
    }

    @Test
    void bootsFromTheRescueImageAndThenFromItsOwnDiskAgain() {
        rescue();
        assertThat(rescueDisk()).contains(server.id() + ".rescue." + IMAGE.id());
        assertThat(on.host.image(server.id()))
                .as("its own disk is as it was")
                .contains(server.image().id());
        on.assertRuns(server);

        want(server.powered(UNRESCUED));
        on.awaitObeyed(server, UNRESCUED);
        assertThat(rescueDisk()).isEmpty();
        assertThat(on.host.starts(server.id())).isEqualTo(3);
        on.assertRuns(server);
    }

    @Test
    void aGuestThatRunsIsNotTouchedByTheImageAlone() {
        want(server.wishing(DiskWish.rescuedBy(IMAGE)));
        want(server);
        rescue();
        assertThat(on.host.starts(server.id())).isEqualTo(2);
    }

    @Test
    void anotherAgentAndARebootOfTheHostKeepItRescued() {
        rescue();
        on.start();
        on.awaitObeyed(server, RESCUED);
        assertThat(on.host.starts(server.id())).isEqualTo(2);

        on.stop();
        on.host.reboot();
        on.controller.forgetReports();
        on.start();
        on.awaitObeyed(server, RESCUED);
        assertThat(rescueDisk()).isPresent();
        want(Samples.absent(server));
        on.awaitReport(server, Absent.class);
        on.assertClean(server);
    }

    @Test
    void whatCannotBeMadeIsToldAndTheServerBootsFromItsOwnDiskOnceThatIsWished() {
        on.host.faults().refuse(HostCall.ENSURE_RESCUE_DISK, "ENOSPC", 1000);
        want(server.powered(RESCUED).wishing(DiskWish.rescuedBy(IMAGE)));
        Observed report = on.awaitObserved(server, each -> each.failure().isPresent());
        assertThat(report.generation()).isEqualTo(1);
        assertThat(report.power()).isEqualTo(PowerState.STOPPED);
        on.host.faults().clear();
        want(server.powered(RESCUED));
        on.awaitObserved(
                server,
                each -> each.power() == PowerState.RUNNING && each.failure().isEmpty());
        assertThat(rescueDisk()).isEmpty();
    }
}
