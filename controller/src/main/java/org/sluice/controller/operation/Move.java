package org.sluice.controller.operation;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.scheduling.Placement;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.server.Claim;
import org.sluice.controller.server.DiskCopies;
import org.sluice.controller.server.Hardware;
import org.sluice.controller.server.Migrations;
import org.sluice.controller.server.ServerHardware;
import org.sluice.controller.server.ServerState;
import org.sluice.controller.server.ServerStatus;
import org.sluice.controller.server.Servers;
import org.sluice.controller.server.Task;
import org.sluice.controller.server.TransferImages;
import org.sluice.model.HostId;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.ServerReport.Failure;

/**
 * A server goes to another host, with the flavor that it has or another one (Compute API reference, "Migrate server"). A place is taken
 * there, its guest is ended, a copy of its root disk is brought, and the other host builds it from that with its guest's power as it
 * was. Its old place is kept as it was, with the guest off, until a person decides: confirmed, that is given up; reverted, the new
 * one is, and the server is what it was.
 *
 * <p>At no time may two guests of one server run: the other host is told of the server when the old one has reported its guest off, and
 * on the way back the old host starts it when the other has reported that nothing is left of it, or was declared down. Stateless.
 */
final class Move implements Workflow<Change> {
    /** As long as an upload may take; a host that is silent meanwhile is not waited for that long ({@link Operations#overdue}). */
    static final Duration PATIENCE = Duration.ofHours(12);

    private final Scheduling scheduling;
    private final Servers servers = new Servers();
    private final ServerHardware hardware = new ServerHardware();
    private final TransferImages images = new TransferImages();
    private final DiskCopies copies = new DiskCopies();
    private final Migrations migrations = new Migrations();

    Move(Scheduling scheduling) {
        this.scheduling = requireNonNull(scheduling, "scheduling is null");
    }

    @Override
    public String kind() {
        return "move";
    }

    @Override
    public Class<Change> dataType() {
        return Change.class;
    }

    @Override
    public List<Step<Change>> steps() {
        return List.of(
                new Place(),
                new GuestEnds(),
                new DiskFollows(),
                new Arrival(),
                new GuestStarts(),
                new Decision(run -> become(run, Migrations.Status.FINISHED), this::stays));
    }

    @Override
    public void failed(Run<Change> run, Failure failure) {
        become(run, Migrations.Status.ERROR);
        servers.fellBack(run.handle(), run.server().id(), failure);
    }

    /** It is started where it was as soon as it cannot run on the other host any more. */
    @Override
    public boolean comesBack(Run<Change> run) {
        ServerState was = ServerState.at(run.data().ran() ? ServerStatus.ACTIVE : ServerStatus.SHUTOFF);
        boolean waits = scheduling.mayRunElsewhere(run.handle(), run.server().id());
        if (waits || run.data().ran()) {
            servers.become(run.handle(), run.server().id(), was.with(Task.RESIZE_REVERTING));
        } else {
            servers.become(run.handle(), run.server().id(), was);
            servers.done(run.handle(), run.server().id());
        }
        if (!waits && run.data().ran()) {
            servers.wish(run.handle(), run.server(), Power.Level.RUNNING, false, Power.Ending.AT_ONCE);
        }
        return !waits;
    }

    private void stays(Run<Change> run) {
        scheduling.giveUpOldPlace(run.handle(), run.server());
        become(run, Migrations.Status.CONFIRMED);
    }

    private void become(Run<Change> run, Migrations.Status status) {
        migrations.become(run.handle(), run.server().id(), status);
    }

    /**
     * Takes a place on another host.
     *
     * @param host the only one wanted
     */
    Placement place(Handle handle, Servers.Held server, Hardware to, ImageId image, Optional<String> host) {
        Placement placement = scheduling.reserve(handle, server, to, host);
        if (placement instanceof Placement.Placed placed) {
            images.make(handle, server.id(), placed.host(), image);
        }
        return placement;
    }

    private final class Place implements Step<Change> {
        @Override
        public String name() {
            return "place";
        }

        @Override
        public Outcome apply(Run<Change> run) {
            if (run.server().claim(Claim.Role.INCOMING).isPresent()) {
                return Step.done();
            }
            return switch (place(
                    run.handle(),
                    run.server(),
                    run.data().to(),
                    run.data().image().orElseThrow(),
                    Optional.empty())) {
                case Placement.Placed _ -> Step.done();
                case Placement.Refused(Problem problem, boolean _) ->
                    new Outcome.Failed(new Failure(problem.code(), problem.sentence(), problem.fix()));
            };
        }

        /** Its host was never told of it. */
        @Override
        public void undo(Run<Change> run) {
            scheduling.giveUpReserved(run.handle(), run.server());
        }
    }

    private final class DiskFollows implements Step<Change> {
        @Override
        public String name() {
            return "disk follows";
        }

        @Override
        public Outcome apply(Run<Change> run) {
            ImageId image = run.data().image().orElseThrow();
            return switch (images.progress(run.handle(), run.server(), image)) {
                case UNASKED -> {
                    copies.askForTransfer(run.handle(), run.server(), image);
                    yield Step.waiting(PATIENCE);
                }
                case AWAITED -> Step.waiting(PATIENCE);
                case ARRIVED -> Step.done();
                case GONE ->
                    new Outcome.Failed(
                            new Failure("CopyFailed", "The copy of its root disk did not come.", Optional.empty()));
            };
        }

        @Override
        public void undo(Run<Change> run) {
            copies.giveUpTransfer(run.handle(), run.server());
        }
    }

    private final class Arrival implements Step<Change> {
        @Override
        public String name() {
            return "arrival";
        }

        @Override
        public Outcome apply(Run<Change> run) {
            Optional<HostId> there = run.server().claim(Claim.Role.INCOMING).map(Claim::host);
            if (there.isEmpty()) {
                return run.server().claim(Claim.Role.OUTGOING).isPresent()
                        ? Step.done()
                        : new Outcome.Failed(new Failure(
                                "HostLost", "The host that it was going to was removed.", Optional.empty()));
            }
            hardware.equip(run.handle(), run.server().id(), run.data().to());
            scheduling.arrive(run.handle(), run.server());
            Servers.Held moved = servers.hold(run.handle(), run.server().id()).orElseThrow();
            servers.become(
                    run.handle(),
                    moved.id(),
                    ServerState.at(moved.state().status()).with(Task.RESIZE_FINISH));
            servers.wish(run.handle(), moved, run.data().before(), false, Power.Ending.AT_ONCE);
            return Step.done();
        }

        @Override
        public void undo(Run<Change> run) {
            scheduling.goBack(run.handle(), run.server());
            hardware.equip(run.handle(), run.server().id(), run.data().from());
        }
    }

    private final class GuestStarts implements Step<Change> {
        @Override
        public String name() {
            return "guest starts";
        }

        @Override
        public Outcome apply(Run<Change> run) {
            Outcome outcome = GuestIsThere.look(run, PATIENCE);
            if (outcome instanceof Outcome.Done) {
                images.clear(run.handle(), run.server().id(), run.claim().host());
            }
            return outcome;
        }

        @Override
        public void undo(Run<Change> run) {
            // It ends with its place.
        }
    }
}
