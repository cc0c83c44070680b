package org.sluice.controller.background;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Deletes the scheduler's decisions over servers that are not there: of a request for many that found too few hosts, decisions stay
 * when its servers go. Leaves every decision over a server that is there, also those that a newer one has taken the place of. It
 * goes through the decisions in the order of their numbers, a part at each look.
 */
public final class DecisionsWithoutServer implements Reconciler {
    private static final int MOST = 1000;

    private final Turns turns;
    /** The last one that was looked at. */
    private long after;

    /** Wires it. */
    public DecisionsWithoutServer(Turns turns) {
        this.turns = requireNonNull(turns, "turns is null");
    }

    private record Looked(long last, int count, int deleted) {}

    @Override
    public String name() {
        return "decisions-without-server";
    }

    @Override
    public Duration pause() {
        return Duration.ofMinutes(10);
    }

    @Override
    public Look mend() {
        Optional<Looked> looked = turns.take(name(), this::look);
        boolean more = looked.filter(part -> part.count() == MOST).isPresent();
        after = more ? looked.orElseThrow().last() : 0;
        return new Look(looked.map(Looked::deleted).orElse(0), more);
    }

    private Looked look(Handle handle) {
        // A decision and its server are written in one transaction, so that whoever sees the one sees the other.
        return handle.createQuery("""
                        with part as (
                            select id, server_id from scheduling_decision where id > :after order by id limit :most),
                        gone as (
                            delete from scheduling_decision d using part
                            where d.id = part.id and not exists (select from server s where s.id = part.server_id)
                            returning d.id)
                        select coalesce(max(id), 0), count(*), (select count(*) from gone) from part""")
                .bind("after", after)
                .bind("most", MOST)
                .map((row, _) -> new Looked(row.getLong(1), row.getInt(2), row.getInt(3)))
                .one();
    }
}
