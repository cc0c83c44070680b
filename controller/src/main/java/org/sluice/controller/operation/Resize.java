package org.sluice.controller.operation;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.server.Hardware;
import org.sluice.controller.server.ServerHardware;
import org.sluice.controller.server.ServerState;
import org.sluice.controller.server.ServerStatus;
import org.sluice.controller.server.Servers;
import org.sluice.controller.server.Task;
import org.sluice.model.Resources;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.ServerReport.Failure;

/**
 * A server gets another flavor on its host (Compute API reference, "Resize server", "Confirm resized server", "Revert resized
 * server"). Its guest is ended, its root disk grows on top of what it was, which is kept, and its guest is started again if it ran;
 * of one that is off its host says when the disk stands.
 * Then a person decides: confirmed, it is what it has become; reverted, it is what it was, with the disk of before.
 *
 * <p>As long as it may become either, its host has room for either. Stateless.
 */
final class Resize implements Workflow<Change> {
    /** One that ran, and is about to be what it was. */
    private static final ServerState COMING_BACK =
            ServerState.at(ServerStatus.ACTIVE).with(Task.RESIZE_REVERTING);

    private final Scheduling scheduling;
    private final Servers servers = new Servers();
    private final ServerHardware hardware = new ServerHardware();

    Resize(Scheduling scheduling) {
        this.scheduling = requireNonNull(scheduling, "scheduling is null");
    }

    @Override
    public String kind() {
        return "resize";
    }

    @Override
    public Class<Change> dataType() {
        return Change.class;
    }

    @Override
    public List<Step<Change>> steps() {
        return List.of(
                new RoomForEither(),
                new GuestEnds(),
                new OtherHardware(),
                new GuestStarts(),
                new Decision(_ -> {}, this::stays));
    }

    @Override
    public void failed(Run<Change> run, Failure failure) {
        servers.fellBack(run.handle(), run.server().id(), failure);
    }

    /** One that ran is about to be started again, and its host reports when it is. */
    @Override
    public boolean comesBack(Run<Change> run) {
        if (run.data().ran()) {
            servers.become(run.handle(), run.server().id(), COMING_BACK);
        } else {
            // Its host has nothing to do before it is started.
            servers.become(run.handle(), run.server().id(), ServerState.at(ServerStatus.SHUTOFF));
            servers.done(run.handle(), run.server().id());
        }
        return true;
    }

    private void stays(Run<Change> run) {
        boolean _ = scheduling.change(
                run.handle(), run.server().id(), run.claim(), run.data().to().resources());
        hardware.keepDisk(run.handle(), run.server().id());
    }

    /** Whether the server's host has room for either; then it is taken. */
    boolean makesRoom(Handle handle, Servers.Held server, Hardware from, Hardware to) {
        Resources either = from.resources().or(to.resources());
        return scheduling.change(handle, server.id(), server.claim().orElseThrow(), either);
    }

    private final class RoomForEither implements Step<Change> {
        @Override
        public String name() {
            return "room for either";
        }

        @Override
        public Outcome apply(Run<Change> run) {
            return makesRoom(
                            run.handle(),
                            run.server(),
                            run.data().from(),
                            run.data().to())
                    ? Step.done()
                    : new Outcome.Failed(noRoom(run.data().to()));
        }

        @Override
        public void undo(Run<Change> run) {
            boolean _ = scheduling.change(
                    run.handle(),
                    run.server().id(),
                    run.claim(),
                    run.data().from().resources());
        }
    }

    private final class OtherHardware implements Step<Change> {
        @Override
        public String name() {
            return "other hardware";
        }

        @Override
        public Outcome apply(Run<Change> run) {
            hardware.equip(run.handle(), run.server().id(), run.data().to());
            if (run.data().to().resources().diskGib()
                    > run.data().from().resources().diskGib()) {
                hardware.growDisk(run.handle(), run.server().id());
            }
            return Step.done();
        }

        @Override
        public void undo(Run<Change> run) {
            hardware.equip(run.handle(), run.server().id(), run.data().from());
            hardware.revertDisk(run.handle(), run.server().id());
        }
    }

    private final class GuestStarts implements Step<Change> {
        @Override
        public String name() {
            return "guest starts";
        }

        @Override
        public Outcome apply(Run<Change> run) {
            ServerState state = run.server().state();
            if (state.is(Task.RESIZE_FINISH) || state.status() == ServerStatus.RESIZED) {
                return GuestIsThere.look(run, GuestEnds.PATIENCE);
            }
            boolean ran = run.data().ran();
            servers.become(
                    run.handle(),
                    run.server().id(),
                    ServerState.at(ran ? ServerStatus.ACTIVE : ServerStatus.SHUTOFF)
                            .with(Task.RESIZE_FINISH));
            // A reboot, so that no guest with what it was is taken for one with what it is to be. One that is off stays
            // so,
            // and its host reports when it has the disk.
            servers.wish(run.handle(), run.server(), run.data().before(), ran, Power.Ending.AT_ONCE);
            return Step.waiting(GuestEnds.PATIENCE);
        }

        /** It may run with what it is to have no more. */
        @Override
        public void undo(Run<Change> run) {
            if (run.data().ran() && !run.server().state().equals(COMING_BACK)) {
                servers.wish(run.handle(), run.server(), Power.Level.RUNNING, true, Power.Ending.AT_ONCE);
                servers.become(run.handle(), run.server().id(), COMING_BACK);
            }
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
