package org.sluice.controller.operation;

import java.time.Duration;
import java.util.Optional;
import org.sluice.controller.server.Servers;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport.Observed;

/** The server's guest is asked to end, and ended where it does not. Stateless. */
final class GuestEnds implements Step<Change> {
    /** A guest that is asked to end has a minute, and a host that was away for a moment is to be waited for. */
    static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Servers servers = new Servers();

    @Override
    public String name() {
        return "guest ends";
    }

    @Override
    public Outcome apply(Run<Change> run) {
        if (run.claim().power().level() != Power.Level.STOPPED) {
            servers.wish(run.handle(), run.server(), Power.Level.STOPPED, false, Power.Ending.GRACEFUL);
            return Step.waiting(PATIENCE);
        }
        if (!run.data().ran()) {
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

    /** It may not have ended yet, and then it runs on. One that moves is started when it runs nowhere else: {@link Move#comesBack}. */
    @Override
    public void undo(Run<Change> run) {
        if (run.data().ran() && !run.data().moves() && run.claim().power().level() == Power.Level.STOPPED) {
            servers.wish(run.handle(), run.server(), Power.Level.RUNNING, false, Power.Ending.AT_ONCE);
        }
    }

    static boolean isOff(Observed report) {
        return report.power() == PowerState.STOPPED || report.power() == PowerState.CRASHED;
    }
}
