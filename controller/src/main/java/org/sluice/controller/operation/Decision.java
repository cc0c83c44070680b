package org.sluice.controller.operation;

import static java.util.Objects.requireNonNull;

import java.util.function.Consumer;
import org.sluice.controller.server.Servers;

/** The end of what was asked for, where it may be taken back by who asked. */
final class Decision implements Step<Change> {
    private final Servers servers = new Servers();
    private final Consumer<Run<Change>> asked;
    private final Consumer<Run<Change>> stays;

    /**
     * @param asked what else is so while it waits to be decided
     * @param stays what follows when the server is to stay what it has become
     */
    Decision(Consumer<Run<Change>> asked, Consumer<Run<Change>> stays) {
        this.asked = requireNonNull(asked, "asked is null");
        this.stays = requireNonNull(stays, "stays is null");
    }

    @Override
    public String name() {
        return "decision";
    }

    @Override
    public Outcome apply(Run<Change> run) {
        if (!run.data().confirmed()) {
            servers.done(run.handle(), run.server().id());
            asked.accept(run);
            return Step.waitingForADecision();
        }
        stays.accept(run);
        servers.confirmed(run.handle(), run.server().id());
        return Step.done();
    }

    @Override
    public void undo(Run<Change> run) {
        // What was decided is not undone.
    }
}
