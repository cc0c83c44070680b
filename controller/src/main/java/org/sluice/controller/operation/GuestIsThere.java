package org.sluice.controller.operation;

import java.time.Duration;
import java.util.Optional;
import org.sluice.controller.server.ServerState;
import org.sluice.controller.server.ServerStatus;
import org.sluice.controller.server.Servers;
import org.sluice.model.protocol.ServerReport.Failure;
import org.sluice.model.protocol.ServerReport.Observed;

/** What the server's host reports of a guest that is to be what it was: the end of {@link Resize} and {@link Move} but for the decision. */
final class GuestIsThere {
    private static final Servers SERVERS = new Servers();

    private GuestIsThere() {}

    /** Done as soon as the host has reported that it is so; fails where it reports that it is not. */
    static Step.Outcome look(Run<Change> run, Duration patience) {
        Optional<Observed> heard = run.heard();
        if (heard.isEmpty()) {
            return Step.waiting(patience);
        }
        Observed report = heard.get();
        if (report.failure().isPresent()) {
            return new Step.Outcome.Failed(report.failure().get());
        }
        if (run.data().ran() && GuestEnds.isOff(report)) {
            return new Step.Outcome.Failed(new Failure(
                    "GuestEnded",
                    "With flavor " + run.data().to().flavorName() + " its guest ended as soon as it was started.",
                    Optional.of("See its console: openstack console log show.")));
        }
        if (!run.data().ran() && !GuestEnds.isOff(report)) {
            return Step.waiting(patience);
        }
        SERVERS.settle(run.handle(), run.server().id(), ServerState.at(ServerStatus.RESIZED), report.power());
        return Step.done();
    }
}
