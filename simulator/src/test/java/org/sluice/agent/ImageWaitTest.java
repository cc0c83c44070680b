package org.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sluice.agent.turn.Work;
import org.sluice.model.ImageId;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.DiskWish;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.Power.Ending;
import org.sluice.model.protocol.Power.Level;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport.Absent;
import org.sluice.model.protocol.ServerReport.Failed;
import org.sluice.model.protocol.ServerReport.Observed;
import org.sluice.simulator.Faults;
import org.sluice.simulator.HostCall;
import org.sluice.simulator.SimulatedCard;

/** Images that do not come because the controller is away: what needs them waits, and nothing else does. */
class ImageWaitTest {
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);
    private static final int MANY = 100_000;

    @TempDir
    Path directory;

    private AgentOnSimulatedHost on;
    private DesiredServer server;
    private final AtomicInteger attempts = new AtomicInteger();

    @BeforeEach
    void prepare() {
        on = new AgentOnSimulatedHost(directory, SimulatedCard.CONNECTX_5);
        server = Samples.server(Samples.bridgeNic(1), Samples.direct(on.card(0), 3, 7));
        on.host.faults().listen((call, _) -> {
            if (call == HostCall.FETCH_IMAGE) {
                attempts.incrementAndGet();
            }
        });
    }

    @AfterEach
    void stop() {
        on.close();
    }

    private static DesiredServer.Image another() {
        return new DesiredServer.Image(ImageId.random(), "qcow2", 2048, "1".repeat(128));
    }

    private void miss(HostCall call, int times) {
        for (int i = 0; i < times; i++) {
            on.host.faults().missController(call);
        }
    }

    private void awaitAttempts(int least) {
        await().atMost(LONG_ENOUGH).until(() -> attempts.get() >= least);
    }

    private void assertNothingFailed() {
        assertThat(on.controller.reports())
                .noneMatch(Failed.class::isInstance)
                .noneMatch(report -> report instanceof Observed observed
                        && observed.failure().isPresent());
    }

    /** Before anything is made; and in the middle of it, when the image was here and went again. */
    @ParameterizedTest
    @EnumSource(
            value = HostCall.class,
            names = {"FETCH_IMAGE", "ENSURE_ROOT_DISK"})
    void aBootGoesOnWhenTheControllerIsBack(HostCall call) {
        miss(call, 4);
        on.controller.want(Samples.state(1, server));
        on.start();

        on.awaitReport(server, Observed.class);

        on.assertRuns(server);
        assertThat(on.host.starts(server.id())).isEqualTo(1);
        assertThat(attempts).hasValueGreaterThan(4);
        assertNothingFailed();
    }

    @Test
    void whileItWaitsOthersAreBuiltAndItGoesOnWithAnotherAgent() {
        miss(HostCall.FETCH_IMAGE, MANY);
        on.controller.want(Samples.state(1, server));
        on.start();
        awaitAttempts(3);
        assertThat(on.host.disks()).isEmpty();

        on.start();
        awaitAttempts(attempts.get() + 2);
        on.host.faults().clear();

        on.awaitReport(server, Observed.class);
        on.assertRuns(server);
        assertNothingFailed();
    }

    @Test
    void afterTheLongestTimeItIsAFailureAndNothingIsLeft() {
        on.giveUpImagesAfter(Duration.ofMillis(100));
        miss(HostCall.FETCH_IMAGE, MANY);
        on.controller.want(Samples.state(1, server));
        on.start();

        Failed report = on.awaitReport(server, Failed.class);

        assertThat(report.failure().code()).isEqualTo("ImageUnavailable");
        assertThat(report.failure().reason())
                .contains("could not be fetched within", "The simulated controller is away");
        assertThat(report.failure().fix()).isPresent();
        on.assertClean(server);
        assertThat(attempts).hasValueGreaterThan(1);
    }

    @Test
    void whatCannotGetBetterFailsAtOnce() {
        on.host.faults().refuse(HostCall.FETCH_IMAGE, "ENOSPC", 1);
        on.controller.want(Samples.state(1, server));
        on.start();

        assertThat(on.awaitReport(server, Failed.class).failure().reason()).contains("ENOSPC");
        assertThat(attempts).hasValue(1);
        on.assertClean(server);
    }

    /** Killed in the middle of a boot, whose image is gone when it is to go on. */
    @Test
    void whatWasBegunIsUndoneWhenItsImageCannotBeHad() {
        Faults.Hang _ = on.host.faults().hang(HostCall.START_DOMAIN);
        on.controller.want(Samples.state(1, server));
        on.start();
        await().atMost(LONG_ENOUGH)
                .until(() ->
                        on.host.disks().contains(server.id()) && !on.host.taps().isEmpty());
        on.host.faults().kill();
        on.host.faults().clear();
        on.host.faults().refuse(HostCall.FETCH_IMAGE, "ENOENT", 1);
        on.start();

        assertThat(on.awaitReport(server, Failed.class).failure().reason()).contains("ENOENT");
        on.assertClean(server);
    }

    @Test
    void oneThatWaitsGoesAtOnce() {
        miss(HostCall.FETCH_IMAGE, MANY);
        on.controller.want(Samples.state(1, server));
        on.start();
        awaitAttempts(3);

        on.controller.want(Samples.state(2, Samples.absent(server)));

        assertThat(on.awaitReport(server, Absent.class).released()).hasSize(1);
        on.assertClean(server);
    }

    @Test
    void oneWhoseImageComesGoesAtOnceAndTheImageIsBrokenOff() {
        Faults.Hang slow = on.host.faults().takeLong(HostCall.FETCH_IMAGE);
        on.controller.want(Samples.state(1, server));
        on.start();
        awaitAttempts(1);

        on.controller.want(Samples.state(2, Samples.absent(server)));

        on.awaitReport(server, Absent.class);
        // The same image for another one comes anew, on the permit that was given back.
        DesiredServer other = Samples.server(Samples.bridgeNic(2));
        on.controller.want(Samples.state(3, other));
        on.awaitReport(other, Observed.class);
        slow.release();
    }

    @Test
    void anAgentThatIsClosedEndsAtOnce() throws InterruptedException {
        Faults.Hang slow = on.host.faults().takeLong(HostCall.FETCH_IMAGE);
        DesiredServer other = Samples.server(Samples.bridgeNic(2)).imaged(another());
        on.controller.want(Samples.state(1, server, other));
        on.start();
        awaitAttempts(2);
        Agent closed = on.agent();

        on.stop();

        assertThat(closed.awaitEnd(LONG_ENOUGH)).isTrue();
        slow.release();
        on.start();
        on.awaitReport(server, Observed.class);
        assertNothingFailed();
    }

    @Test
    void asManyThatWaitAsMayFetchAtOnceStopNoOtherImage() {
        List<DesiredServer> all = new ArrayList<>();
        for (int number = 1; number <= 2 * Work.FETCHING.atOnce(); number++) {
            all.add(Samples.server(Samples.bridgeNic(number)).imaged(another()));
        }
        on.controller.want(Samples.state(1));
        on.start();
        on.controller.want(Samples.state(2, all.toArray(DesiredServer[]::new)));
        miss(HostCall.FETCH_IMAGE, 50);

        all.forEach(each -> on.awaitReport(each, Observed.class));

        assertNothingFailed();
    }

    @ParameterizedTest
    @EnumSource(
            value = HostCall.class,
            names = {"FETCH_IMAGE", "ENSURE_ROOT_DISK"})
    void aRebuildGoesOnWhenTheControllerIsBack(HostCall call) {
        run();
        miss(call, 4);
        DesiredServer.Image other = another();
        Power rebuilt = new Power(Level.RUNNING, 1, 1, 1, Ending.AT_ONCE);
        on.controller.want(Samples.state(2, server.imaged(other).powered(rebuilt)));

        on.awaitObeyed(server, rebuilt);

        assertThat(on.host.image(server.id())).contains(other.id());
        assertNothingFailed();
    }

    @ParameterizedTest
    @EnumSource(
            value = HostCall.class,
            names = {"FETCH_IMAGE", "ENSURE_RESCUE_DISK"})
    void aRescueGoesOnWhenTheControllerIsBack(HostCall call) {
        run();
        miss(call, 4);
        DesiredServer.Image rescue = another();
        Power rebooted = Powers.rebooted(1, 1, Ending.AT_ONCE);
        on.controller.want(Samples.state(2, server.powered(rebooted).wishing(DiskWish.rescuedBy(rescue))));

        on.awaitObeyed(server, rebooted);

        assertThat(on.host.domain(server.id()).orElseThrow().rescueDisk()).isPresent();
        assertNothingFailed();
    }

    @Test
    void anotherWishForOneThatWaitsIsObeyedAtOnce() {
        run();
        miss(HostCall.FETCH_IMAGE, MANY);
        DesiredServer rescued = server.wishing(DiskWish.rescuedBy(another()));
        on.controller.want(Samples.state(2, rescued.powered(Powers.rebooted(1, 1, Ending.AT_ONCE))));
        awaitAttempts(3);

        Power off = new Power(Level.STOPPED, 2, 1, Ending.AT_ONCE);
        on.controller.want(Samples.state(3, rescued.powered(off)));
        assertThat(on.awaitObeyed(server, off).power()).isEqualTo(PowerState.STOPPED);

        Power back = new Power(Level.RUNNING, 3, 1, Ending.AT_ONCE);
        on.controller.want(Samples.state(4, server.powered(back)));
        on.awaitObeyed(server, back);
        on.assertRuns(server);
        assertThat(on.host.domain(server.id()).orElseThrow().rescueDisk()).isEqualTo(Optional.empty());
        assertNothingFailed();
    }

    private void run() {
        on.controller.want(Samples.state(1, server));
        on.start();
        on.awaitReport(server, Observed.class);
        attempts.set(0);
    }
}
