package org.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.sluice.agent.Powers.running;
import static org.sluice.agent.Powers.stopped;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.agent.host.VirtualFunctions.Setting;
import org.sluice.agent.turn.Work;
import org.sluice.model.ImageId;
import org.sluice.model.protocol.DesiredInterface.Direct;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.DiskWish;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.Power.Ending;
import org.sluice.model.protocol.Power.Level;
import org.sluice.model.protocol.ServerReport.Absent;
import org.sluice.model.protocol.ServerReport.Observed;
import org.sluice.simulator.Faults;
import org.sluice.simulator.HostCall;
import org.sluice.simulator.SimulatedCard;

/** As much of one kind of work hangs as may go on at once, and all other kinds go on. */
class KindsOfWorkTest {
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);
    private static final Power CUT_OFF = new Power(Level.STOPPED, 1, 0, Ending.AT_ONCE);

    @TempDir
    Path directory;

    private AgentOnSimulatedHost on;
    private Direct function;
    private DesiredServer kept;
    private DesiredServer ended;
    private DesiredServer off;
    private DesiredServer removed;
    private DesiredServer built;

    @BeforeEach
    void prepare() {
        on = new AgentOnSimulatedHost(directory, SimulatedCard.CONNECTX_5);
        // Nothing is given up here: what hangs keeps its permit.
        on.giveUpCallsAfter(LONG_ENOUGH.multipliedBy(3));
        // No taps, so that nobody looks at those but who is to hang.
        function = Samples.direct(on.card(0), 3, 7);
        kept = Samples.server(function);
        ended = Samples.server(Samples.direct(on.card(0), 4, 7));
        off = Samples.server(Samples.direct(on.card(0), 5, 7)).powered(stopped(1));
        removed = Samples.server(Samples.direct(on.card(0), 6, 7));
        built = Samples.server(Samples.direct(on.card(0), 7, 7));
    }

    @AfterEach
    void stop() {
        on.close();
    }

    @Test
    void whenNothingCanBeBuiltAllElseGoesOn() {
        standing(List.of());
        List<DesiredServer> stuck = several(Work.BUILDING);
        hang(HostCall.ENSURE_ROOT_DISK, Work.BUILDING, stuck);

        allGoesOnBut(Work.BUILDING, stuck);
    }

    /** One that waits to be built is removed in no turn of those that build. */
    @Test
    void oneThatWaitsToBeBuiltGoesAtOnce() {
        standing(List.of());
        List<DesiredServer> stuck = several(Work.BUILDING);
        hang(HostCall.ENSURE_ROOT_DISK, Work.BUILDING, stuck);
        want(3, Stream.concat(stuck.stream(), Stream.of(built)));

        want(4, Stream.concat(stuck.stream(), Stream.of(Samples.absent(built))));

        on.awaitReport(built, Absent.class);
    }

    @Test
    void whenNothingCanBeRemovedAllElseGoesOn() {
        List<DesiredServer> stuck = several(Work.REMOVING);
        standing(stuck);
        List<DesiredServer> absent = stuck.stream().map(Samples::absent).toList();
        hang(HostCall.REMOVE_DISKS, Work.REMOVING, absent);

        allGoesOnBut(Work.REMOVING, absent);
    }

    @Test
    void whenNothingCanBeEndedAllElseGoesOn() {
        List<DesiredServer> stuck = several(Work.ENDING);
        standing(stuck);
        List<DesiredServer> cutOff =
                stuck.stream().map(each -> each.powered(CUT_OFF)).toList();
        hang(HostCall.DESTROY_DOMAIN, Work.ENDING, cutOff);

        allGoesOnBut(Work.ENDING, cutOff);
    }

    @Test
    void whenNothingCanBeStartedAllElseGoesOn() {
        List<DesiredServer> stuck = several(Work.STARTING).stream()
                .map(each -> each.powered(stopped(1)))
                .toList();
        standing(stuck);
        List<DesiredServer> started =
                stuck.stream().map(each -> each.powered(running(2))).toList();
        hang(HostCall.REQUIRE_ROOT_DISK, Work.STARTING, started);

        allGoesOnBut(Work.STARTING, started);
    }

    @Test
    void whenNothingCanBeCopiedAllElseGoesOn() {
        List<DesiredServer> stuck = several(Work.COPYING);
        standing(stuck);
        List<DesiredServer> copied = stuck.stream()
                .map(each -> each.wishing(DiskWish.copiedTo(ImageId.random())))
                .toList();
        hang(HostCall.COPY_ROOT_DISK, Work.COPYING, copied);

        allGoesOnBut(Work.COPYING, copied);
    }

    @Test
    void whenNoNicCanComeAllElseGoesOn() {
        List<DesiredServer> stuck = several(Work.PLUGGING);
        standing(stuck);
        List<DesiredServer> plugged = new ArrayList<>();
        for (DesiredServer each : stuck) {
            plugged.add(each.wired(List.of(each.interfaces().getFirst(), Samples.bridgeNic(200 + plugged.size()))));
        }
        hang(HostCall.ATTACH_NIC, Work.PLUGGING, plugged);

        allGoesOnBut(Work.PLUGGING, plugged);
    }

    @Test
    void whenNoImageComesAllElseGoesOn() {
        standing(List.of());
        List<DesiredServer> stuck = several(Work.FETCHING).stream()
                .map(each -> each.imaged(new DesiredServer.Image(ImageId.random(), "qcow2", 2048, "1".repeat(128))))
                .toList();
        hang(HostCall.FETCH_IMAGE, Work.FETCHING, stuck);

        allGoesOnBut(Work.FETCHING, stuck);
    }

    @Test
    void whenNothingCanBeLookedAtAllElseGoesOn() {
        List<DesiredServer> stuck = several(Work.KEEPING);
        standing(stuck);
        hang(HostCall.READ_TAP, Work.KEEPING, stuck);

        allGoesOnBut(Work.KEEPING, stuck);
    }

    private static List<DesiredServer> several(Work work) {
        List<DesiredServer> several = new ArrayList<>();
        for (int number = 1; number <= work.atOnce(); number++) {
            several.add(Samples.server(Samples.bridgeNic(number)));
        }
        return several;
    }

    private void standing(List<DesiredServer> others) {
        List<DesiredServer> all = Stream.concat(Stream.of(kept, ended, off, removed), others.stream())
                .toList();
        on.controller.want(Samples.state(1, all.toArray(DesiredServer[]::new)));
        on.start();
        all.forEach(each -> on.awaitReport(each, Observed.class));
    }

    /** Has as many calls hang as there are permits, which only those servers make. */
    private void hang(HostCall call, Work work, List<DesiredServer> servers) {
        AtomicInteger hanging = new AtomicInteger();
        for (int i = 0; i < work.atOnce(); i++) {
            Faults.Hang _ = on.host.faults().hang(call);
        }
        on.host.faults().listen((made, _) -> {
            if (made == call) {
                hanging.incrementAndGet();
            }
        });
        want(2, servers.stream());
        await().atMost(LONG_ENOUGH).until(() -> hanging.get() >= work.atOnce());
    }

    private void allGoesOnBut(Work work, List<DesiredServer> stuck) {
        want(
                3,
                Stream.concat(
                        stuck.stream(),
                        Stream.of(built, ended.powered(CUT_OFF), off.powered(running(2)), Samples.absent(removed))));
        if (work != Work.BUILDING && work != Work.FETCHING) {
            on.awaitReport(built, Observed.class);
        }
        if (work != Work.ENDING) {
            on.awaitObeyed(ended, CUT_OFF);
        }
        if (work != Work.STARTING) {
            on.awaitObeyed(off, running(2));
        }
        if (work != Work.REMOVING) {
            on.awaitReport(removed, Absent.class);
        }
        if (work != Work.KEEPING) {
            on.host.meddle(on.card(0), 3, new Setting.Vlan(99, 0));
            await().atMost(LONG_ENOUGH)
                    .untilAsserted(() ->
                            assertThat(on.host.tuple(on.card(0), 3).vlan()).isEqualTo(function.vlan()));
        }
    }

    private void want(long revision, Stream<DesiredServer> others) {
        List<DesiredServer> all = Stream.concat(Stream.of(kept), others).toList();
        on.controller.want(Samples.state(revision, all.toArray(DesiredServer[]::new)));
    }
}
