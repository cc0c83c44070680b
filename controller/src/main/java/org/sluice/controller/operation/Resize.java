package org.sluice.controller.operation;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.server.Claim;
import org.sluice.controller.server.Hardware;
import org.sluice.controller.server.ServerHardware;
import org.sluice.controller.server.ServerState;
import org.sluice.controller.server.ServerStatus;
import org.sluice.controller.server.Servers;
import org.sluice.controller.server.Task;
import org.sluice.model.Resources;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport.Failure;
import org.sluice.model.protocol.ServerReport.Observed;

/**
 * A server gets another flavor on its host (Compute API reference, "Resize server", "Confirm resized server", "Revert resized
 * server"). Its guest is ended, its root disk grows on top of what it was, which is kept, and its guest is started again if it ran.
 * Then a person decides: confirmed, it is what it has become; reverted, it is what it was, with the disk of before.
 *
 * <p>As long as it may become either, its host has room for either. Stateless.
 */
final class Resize implements Workflow<Resize.Data> {
    /** A guest that is asked to end has a minute, and a host that was away for a moment is to be waited for. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Scheduling scheduling;
    private final Servers servers = new Servers();
    private final ServerHardware hardware = new ServerHardware();

    /**
     * What a resize is begun with.
     *
     * @param from what it was
     * @param to what it becomes
     * @param before whether its guest ran
     * @param confirmed whether somebody said that it is to stay so
     */
    record Data(Hardware from, Hardware to, Power.Level before, boolean confirmed) {
        Data confirm() {
            return new Data(from, to, before, true);
        }
    }

    Resize(Scheduling scheduling) {
        this.scheduling = requireNonNull(scheduling, "scheduling is null");
    }

    @Override
    public String kind() {
        return "resize";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps() {
        return List.of(new RoomForEither(), new GuestEnds(), new OtherHardware(), new GuestStarts(), new Decision());
    }

    @Override
    public Data undecided(Data data) {
        return data.confirm();
    }

    @Override
    public void failed(Run<Data> run, Failure failure) {
        servers.fellBack(run.handle(), run.server().id(), was(run.data()), failure);
    }

    /** What it is when all is taken back: one that ran is about to be started again, and its host reports when it is. */
    static ServerState was(Data data) {
        return data.before() == Power.Level.STOPPED
                ? ServerState.at(ServerStatus.SHUTOFF)
                : ServerState.at(ServerStatus.ACTIVE).with(Task.RESIZE_REVERTING);
    }

    /** Whether the server's host has room for either; then it is taken. */
    boolean makesRoom(Handle handle, Servers.Held server, Hardware from, Hardware to) {
        Resources either = from.resources().or(to.resources());
        return scheduling.change(handle, server.id(), server.claim().orElseThrow(), either);
    }

    private static Claim claim(Run<Data> run) {
        return run.server().claim().orElseThrow();
    }

    private final class RoomForEither implements Step<Data> {
        @Override
        public String name() {
            return "room for either";
        }

        @Override
        public Outcome apply(Run<Data> run) {
            return makesRoom(
                            run.handle(),
                            run.server(),
                            run.data().from(),
                            run.data().to())
                    ? Step.done()
                    : new Outcome.Failed(noRoom(run.data().to()));
        }

        @Override
        public void undo(Run<Data> run) {
            boolean _ = scheduling.change(
                    run.handle(),
                    run.server().id(),
                    claim(run),
                    run.data().from().resources());
        }
    }

    private final class GuestEnds implements Step<Data> {
        @Override
        public String name() {
            return "guest ends";
        }

        @Override
        public Outcome apply(Run<Data> run) {
            if (claim(run).power().level() != Power.Level.STOPPED) {
                servers.wish(run.handle(), run.server(), Power.Level.STOPPED, false, Power.Ending.GRACEFUL);
                return Step.waiting(PATIENCE);
            }
            if (run.data().before() == Power.Level.STOPPED) {
                return Step.done();
            }
            Optional<Observed> heard = run.heard();
            if (heard.isEmpty()) {
                return Step.waiting(PATIENCE);
            }
            return heard.get()
                    .failure()
                    .<Outcome>map(Outcome.Failed::new)
                    .orElseGet(() -> isOff(heard.get()) ? Step.done() : Step.waiting(PATIENCE));
        }

        /** It may not have ended yet, and then it runs on. */
        @Override
        public void undo(Run<Data> run) {
            if (run.data().before() != Power.Level.STOPPED && claim(run).power().level() == Power.Level.STOPPED) {
                servers.wish(run.handle(), run.server(), Power.Level.RUNNING, false, Power.Ending.AT_ONCE);
            }
        }
    }

    private static boolean isOff(Observed report) {
        return report.power() == PowerState.STOPPED || report.power() == PowerState.CRASHED;
    }

    private final class OtherHardware implements Step<Data> {
        @Override
        public String name() {
            return "other hardware";
        }

        @Override
        public Outcome apply(Run<Data> run) {
            hardware.equip(run.handle(), run.server().id(), run.data().to());
            if (run.data().to().resources().diskGib()
                    > run.data().from().resources().diskGib()) {
                hardware.growDisk(run.handle(), run.server().id());
            }
            return Step.done();
        }

        @Override
        public void undo(Run<Data> run) {
            hardware.equip(run.handle(), run.server().id(), run.data().from());
            hardware.revertDisk(run.handle(), run.server().id());
        }
    }

    private final class GuestStarts implements Step<Data> {
        @Override
        public String name() {
            return "guest starts";
        }

        @Override
        public Outcome apply(Run<Data> run) {
            if (run.data().before() == Power.Level.STOPPED) {
                servers.settle(
                        run.handle(), run.server().id(), ServerState.at(ServerStatus.RESIZED), PowerState.STOPPED);
                return Step.done();
            }
            if (claim(run).power().level() == Power.Level.STOPPED) {
                servers.become(
                        run.handle(),
                        run.server().id(),
                        ServerState.at(ServerStatus.ACTIVE).with(Task.RESIZE_FINISH));
                // A reboot, so that no guest with what it was is taken for one with what it is to be.
                servers.wish(run.handle(), run.server(), Power.Level.RUNNING, true, Power.Ending.AT_ONCE);
                return Step.waiting(PATIENCE);
            }
            Optional<Observed> heard = run.heard();
            if (heard.isEmpty()) {
                return Step.waiting(PATIENCE);
            }
            if (heard.get().failure().isPresent()) {
                return new Outcome.Failed(heard.get().failure().get());
            }
            if (isOff(heard.get())) {
                return new Outcome.Failed(new Failure(
                        "GuestEnded",
                        "With flavor " + run.data().to().flavorName() + " its guest ended as soon as it was started.",
                        Optional.of("See its console: openstack console log show.")));
            }
            servers.settle(
                    run.handle(),
                    run.server().id(),
                    ServerState.at(ServerStatus.RESIZED),
                    heard.get().power());
            return Step.done();
        }

        /** It may run with what it is to have no more. */
        @Override
        public void undo(Run<Data> run) {
            if (run.data().before() != Power.Level.STOPPED) {
                servers.wish(run.handle(), run.server(), Power.Level.RUNNING, true, Power.Ending.AT_ONCE);
            }
        }
    }

    /** The end of what was asked for, and where it may be taken back by who asked. */
    private final class Decision implements Step<Data> {
        @Override
        public String name() {
            return "decision";
        }

        @Override
        public Outcome apply(Run<Data> run) {
            if (!run.data().confirmed()) {
                servers.done(run.handle(), run.server().id());
                return Step.waitingForADecision();
            }
            boolean _ = scheduling.change(
                    run.handle(), run.server().id(), claim(run), run.data().to().resources());
            hardware.keepDisk(run.handle(), run.server().id());
            servers.confirmed(run.handle(), run.server().id());
            return Step.done();
        }

        @Override
        public void undo(Run<Data> run) {
            // What was decided is not undone.
        }
    }

    /** Why it cannot be done. */
    static Failure noRoom(Hardware to) {
        return new Failure(
                "NoValidHost",
                "No valid host was found. The server's host has no room for flavor " + to.flavorName()
                        + " beside what else is on it.",
                Optional.of("See what is free on it: sluice fleet."));
    }
}
