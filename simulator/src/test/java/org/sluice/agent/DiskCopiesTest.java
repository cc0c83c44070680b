package org.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sluice.agent.controller.ControllerUnavailableException;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.DiskWish;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.Power.Ending;
import org.sluice.model.protocol.Power.Level;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport;
import org.sluice.model.protocol.ServerReport.Absent;
import org.sluice.model.protocol.ServerReport.NotCopied;
import org.sluice.model.protocol.ServerReport.Observed;
import org.sluice.simulator.Faults;
import org.sluice.simulator.HostCall;
import org.sluice.simulator.SimulatedCard;

/** Copies of root disks that become images. */
class DiskCopiesTest {
    private static final ImageId IMAGE = new ImageId(new UUID(7, 7));
    private static final ImageId ANOTHER = new ImageId(new UUID(8, 8));

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
        revision += 10;
        on.controller.want(Samples.state(revision, wanted));
    }

    private static void until(Callable<Boolean> condition) {
        await().dontCatchUncaughtExceptions()
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(2))
                .until(condition);
    }

    private void awaitImage(ImageId image) {
        until(() -> on.controller.images().containsKey(image));
        assertThat(new String(on.controller.images().get(image), StandardCharsets.UTF_8))
                .contains("disk of server " + server.id() + " as image " + image);
    }

    private List<NotCopied> notCopied() {
        return on.controller.reports().stream()
                .filter(NotCopied.class::isInstance)
                .map(NotCopied.class::cast)
                .toList();
    }

    @Test
    void theDiskOfARunningGuestIsCopiedWhileItStandsStillAndNobodyIsToldThatItDid() {
        want(server.wishing(DiskWish.copiedTo(IMAGE)));
        awaitImage(IMAGE);

        until(() -> on.host.copies().isEmpty());
        on.assertRuns(server);
        assertThat(on.host.starts(server.id())).isEqualTo(1);
        assertThat(on.controller.reports())
                .allSatisfy(report -> assertThat(report)
                        .isInstanceOfSatisfying(
                                Observed.class, seen -> assertThat(seen.power()).isEqualTo(PowerState.RUNNING)));
    }

    @ParameterizedTest
    @EnumSource(names = {"STOPPED", "PAUSED"})
    void oneThatIsOffOrPausedStaysSo(Level level) {
        Power wish = new Power(level, 1, 0, Ending.AT_ONCE);
        want(server.powered(wish));
        on.awaitObeyed(server, wish);

        want(server.powered(wish).wishing(DiskWish.copiedTo(IMAGE)));
        awaitImage(IMAGE);
        until(() -> on.host.copies().isEmpty());
        on.awaitObeyed(server, wish);
        assertThat(on.host.running()).isEmpty();
    }

    @Test
    void aStopThatIsWishedWithTheCopyComesFirst() {
        Power stopped = new Power(Level.STOPPED, 1, 0, Ending.GRACEFUL);
        want(server.powered(stopped).wishing(DiskWish.copiedTo(IMAGE)));
        awaitImage(IMAGE);
        on.awaitObeyed(server, stopped);
        assertThat(on.host.domain(server.id())).isEmpty();
    }

    @Test
    void anAgentThatStopsInTheMiddleOfACopyLetsTheGuestGoOnAndTheNextOneTakesAnother() {
        on.host.faults().takeLong(HostCall.COPY_ROOT_DISK);
        CountDownLatch copying = new CountDownLatch(1);
        on.host.faults().listen((call, _) -> {
            if (call == HostCall.COPY_ROOT_DISK) {
                copying.countDown();
            }
        });
        want(server.wishing(DiskWish.copiedTo(IMAGE)));
        until(() -> copying.getCount() == 0);
        assertThat(on.host.running()).isEmpty();

        on.stop();

        assertThat(on.host.running()).containsExactly(server.id());
        assertThat(on.host.copies()).isEmpty();
        assertThat(on.controller.images()).isEmpty();
        assertThat(notCopied()).isEmpty();
        on.start();
        awaitImage(IMAGE);
        on.assertRuns(server);
        assertThat(on.host.starts(server.id())).isEqualTo(1);
    }

    @Test
    void toldAgainItIsDoneOnceAndTheNextOneIsAnother() {
        DesiredServer wishing = server.wishing(DiskWish.copiedTo(IMAGE));
        Faults.Hang hang = on.host.faults().hang(HostCall.EXPORT_COPY);
        want(wishing);
        until(() -> on.host.copied(server.id()) == 1);
        want(wishing);
        want(wishing);
        hang.release();
        awaitImage(IMAGE);
        assertThat(on.host.copied(server.id())).isEqualTo(1);

        want(server.wishing(DiskWish.copiedTo(ANOTHER)));
        awaitImage(ANOTHER);
        assertThat(on.host.copied(server.id())).isEqualTo(2);
    }

    @Test
    void whatTheControllerCannotTakeNowIsBroughtAgain() {
        on.controller.refuseImages(
                new ControllerUnavailableException("It is busy.", null),
                new ControllerUnavailableException("It is busy still.", null));
        want(server.wishing(DiskWish.copiedTo(IMAGE)));
        awaitImage(IMAGE);
        assertThat(on.host.copied(server.id())).isEqualTo(1);
        assertThat(notCopied()).isEmpty();
    }

    @Test
    void whatTheControllerRefusesIsToldAndNotTriedAgain() {
        on.controller.refuseImages(Problem.of(Problem.Kind.CONFLICT, "ImageRefused", "It is too large.")
                .asException());
        want(server.wishing(DiskWish.copiedTo(IMAGE)));
        until(() -> !notCopied().isEmpty());

        assertThat(notCopied()).singleElement().satisfies(report -> {
            assertThat(report.server()).isEqualTo(server.id());
            assertThat(report.image()).isEqualTo(IMAGE);
            assertThat(report.failure().reason()).isEqualTo("It is too large.");
        });
        want(server.wishing(DiskWish.copiedTo(IMAGE)));
        want(server);
        until(() -> on.host.copies().isEmpty());
        assertThat(on.controller.images()).isEmpty();
        assertThat(notCopied()).hasSize(1);
        on.assertRuns(server);
    }

    @ParameterizedTest
    @EnumSource(names = {"SUSPEND_DOMAIN", "COPY_ROOT_DISK", "EXPORT_COPY"})
    void whatTheHostCannotDoIsToldAndTheGuestGoesOn(HostCall call) {
        on.host.faults().refuse(call, "ENOSPC", 1);
        want(server.wishing(DiskWish.copiedTo(IMAGE)));
        until(() -> !notCopied().isEmpty());
        assertThat(notCopied().getFirst().failure().reason()).contains("ENOSPC");
        want(server);
        until(() -> on.host.copies().isEmpty());
        on.assertRuns(server);
    }

    @Test
    void aGuestThatCouldNotBeLetGoIsLetGoAtTheNextLook() {
        on.host.faults().refuse(HostCall.RESUME_DOMAIN, "EIO", 2);
        want(server.wishing(DiskWish.copiedTo(IMAGE)));
        until(() -> on.host.copied(server.id()) == 1);
        until(() -> on.host.running().contains(server.id()));
        on.assertRuns(server);
        assertThat(on.host.starts(server.id())).isEqualTo(1);
    }

    @Test
    void aServerThatGoesTakesItsCopyWithIt() {
        on.controller.refuseImages(new ControllerUnavailableException("It is busy.", null));
        want(server.wishing(DiskWish.copiedTo(IMAGE)));
        until(() -> on.host.copied(server.id()) == 1);
        want(Samples.absent(server));
        on.awaitReport(server, Absent.class);
        on.assertClean(server);
        assertThat(on.host.copies()).isEmpty();
    }

    @Test
    void whatAnEarlierAgentLeftIsTakenAway() {
        on.controller.refuseImages(new ControllerUnavailableException("It is busy.", null));
        on.compareEvery(Duration.ofMinutes(10));
        want(server.wishing(DiskWish.copiedTo(IMAGE)));
        until(() -> !on.host.copies().isEmpty());
        on.stop();
        on.compareEvery(Duration.ofMillis(50));
        want(server);
        on.start();
        until(() -> on.host.copies().isEmpty());
        assertThat(on.controller.images()).doesNotContainKey(IMAGE);
    }

    @Test
    void copiesThatCannotBeRemovedNowAreRemovedLater() {
        // When the image is there the copy is to go.
        on.host.faults().refuse(HostCall.DROP_COPIES, "EIO", 2);
        want(server.wishing(DiskWish.copiedTo(IMAGE)));
        awaitImage(IMAGE);

        until(() -> on.host.copies().isEmpty());

        on.assertRuns(server);
    }

    @Test
    void anAgentWhoseControllerIsSilentKeepsTheCopyForIt() {
        on.controller.refuseImages(new ControllerUnavailableException("It is busy.", null));
        on.compareEvery(Duration.ofMillis(20));
        want(server.wishing(DiskWish.copiedTo(IMAGE)));
        until(() -> !on.host.copies().isEmpty());
        on.stop();
        on.controller.beAway(true);
        int missed = on.controller.missed();
        on.start();
        until(() -> on.controller.missed() > missed + 3);
        on.controller.beAway(false);
        awaitImage(IMAGE);
        assertThat(on.controller.reports()).noneMatch(ServerReport.NotCopied.class::isInstance);
    }
}
