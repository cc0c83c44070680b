package org.sluice.controller.operation;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import java.util.List;
import java.util.Optional;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.server.Claim;
import org.sluice.controller.server.ServerLife;
import org.sluice.controller.server.ServerState;
import org.sluice.controller.server.ServerStatus;
import org.sluice.controller.server.Servers;
import org.sluice.controller.server.Task;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.ServerReport.Failure;
import org.sluice.model.protocol.ServerReport.Observed;

/**
 * A server whose host is down is built anew on another one (Compute API reference, "Evacuate server"). Its old place is kept with the
 * guest off: the disk there may be the only copy of its data until the other host has reported that the server stands, and is given up
 * then. Where the other host cannot build it, the server is where it was again, in ERROR with the reason until its host is back and says
 * what it is.
 *
 * <p>At no time may two guests of one server run: from the beginning the old host is to keep its guest off, and it is to start it again
 * when the other host has reported that nothing is left of it, or was declared down. Stateless.
 */
final class Evacuation implements Workflow<Evacuation.Left> {
    private final Scheduling scheduling;
    private final Servers servers = new Servers();

    /**
     * What is left behind.
     *
     * @param claim the generation of the claim where it was
     * @param before what its guest is to be where it is built anew ({@link ServerLife#anew}); in the books of before also what it was to be
     * @param keepsDisk whether there may be data of it that are nowhere else: what it never stood with, its host must not build now
     * @param there what its guest is to be on the other host, where that is wished otherwise; empty in what was written before there was
     *     this member
     */
    record Left(long claim, Power.Level before, boolean keepsDisk, Optional<Power.Level> there) {
        Left {
            requireNonNull(before, "before is null");
            there = requireNonNullElse(there, Optional.empty());
        }

        /** One that is there what it was. */
        Left(long claim, Power.Level before, boolean keepsDisk) {
            this(claim, before, keepsDisk, Optional.empty());
        }

        /** What its guest is to be where it is built anew, or left to itself again: what was in its memory is gone. */
        Power.Level again() {
            return switch (before) {
                case STOPPED -> Power.Level.STOPPED;
                case RUNNING, PAUSED, SUSPENDED -> Power.Level.RUNNING;
            };
        }
    }

    Evacuation(Scheduling scheduling) {
        this.scheduling = requireNonNull(scheduling, "scheduling is null");
    }

    @Override
    public String kind() {
        return "evacuation";
    }

    @Override
    public Class<Left> dataType() {
        return Left.class;
    }

    @Override
    public List<Step<Left>> steps() {
        return List.of(new Departure(), new Stands());
    }

    @Override
    public void failed(Run<Left> run, Failure failure) {
        boolean isBack = run.claim().generation() == run.data().claim();
        if (isBack && run.data().keepsDisk()) {
            servers.fellBack(run.handle(), run.server().id(), failure);
        } else {
            // There is nothing to go back to: its old host was removed meanwhile, or never had it.
            servers.failed(run.handle(), run.server(), failure);
        }
    }

    @Override
    public boolean comesBack(Run<Left> run) {
        if (!run.server().isPresent()) {
            return true;
        }
        ServerState error = ServerState.at(ServerStatus.ERROR);
        if (scheduling.mayRunElsewhere(run.handle(), run.server().id())) {
            servers.become(run.handle(), run.server().id(), error.with(Task.REBUILDING));
            return false;
        }
        servers.become(run.handle(), run.server().id(), error);
        // Also where it was off: what it says of a newer wish counts.
        servers.wish(run.handle(), run.server(), run.data().again(), false, Power.Ending.AT_ONCE);
        return true;
    }

    private final class Departure implements Step<Left> {
        @Override
        public String name() {
            return "departure";
        }

        @Override
        public Outcome apply(Run<Left> run) {
            if (run.server().claim(Claim.Role.INCOMING).isEmpty()) {
                return Step.done();
            }
            servers.wish(run.handle(), run.server(), Power.Level.STOPPED, false, Power.Ending.AT_ONCE);
            scheduling.arrive(run.handle(), run.server());
            Servers.Held moved = servers.hold(run.handle(), run.server().id()).orElseThrow();
            Power.Level level = run.data().there().orElse(run.data().again());
            servers.wish(run.handle(), moved, level, false, Power.Ending.AT_ONCE);
            if (!run.data().keepsDisk()) {
                scheduling.giveUpOldPlace(run.handle(), moved);
            }
            return Step.done();
        }

        @Override
        public void undo(Run<Left> run) {
            scheduling.goBack(run.handle(), run.server());
            scheduling.giveUpReserved(run.handle(), run.server());
        }
    }

    private final class Stands implements Step<Left> {
        @Override
        public String name() {
            return "stands";
        }

        @Override
        public Outcome apply(Run<Left> run) {
            if (run.heard().isEmpty()) {
                return Step.waiting(Move.PATIENCE);
            }
            Observed report = run.heard().get();
            Optional<Failure> failure = report.failure();
            if (failure.isPresent()) {
                return new Outcome.Failed(failure.get());
            }
            servers.observed(run.handle(), run.server(), report);
            scheduling.giveUpOldPlace(run.handle(), run.server());
            return Step.done();
        }

        /** That it is seen changes nothing. */
        @Override
        public void undo(Run<Left> run) {
            // Nothing was done.
        }
    }
}
