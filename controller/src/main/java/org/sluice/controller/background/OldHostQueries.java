package org.sluice.controller.background;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Deletes questions to hosts, answered or not, that were asked ten minutes ago or longer: who asked waits for a minute at most and
 * takes its question away itself, so these are left of controllers that were killed. Leaves younger ones.
 */
public final class OldHostQueries implements Reconciler {
    private static final int MOST = 500;

    private final Turns turns;

    /** Wires it. */
    public OldHostQueries(Turns turns) {
        this.turns = requireNonNull(turns, "turns is null");
    }

    @Override
    public String name() {
        return "old-host-queries";
    }

    @Override
    public Duration pause() {
        return Duration.ofMinutes(10);
    }

    @Override
    public Look mend() {
        return turns.mend(
                name(),
                MOST,
                handle -> handle.createUpdate("""
                        delete from host_query where id in (
                            select id from host_query where created_at < now() - interval '10 minutes'
                            limit :most for update skip locked)""").bind("most", MOST).execute());
    }
}
