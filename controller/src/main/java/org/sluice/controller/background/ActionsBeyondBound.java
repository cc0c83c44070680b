package org.sluice.controller.background;

import static java.util.Objects.requireNonNull;

import java.sql.Array;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.server.ServerActions;
import org.sluice.model.ServerId;

/**
 * Deletes the oldest records of what was asked of a server, where it has more than {@link ServerActions#MOST}. Leaves the newest of
 * each. Only new records can bring a server there, so it looks at those that came since its last look, a part at a time; the first
 * look after a controller's start begins at the oldest.
 */
public final class ActionsBeyondBound implements Reconciler {
    private static final int MOST = 1000;

    private final Turns turns;
    private final ServerActions actions = new ServerActions();
    /** The last record that was looked at. */
    private long after;

    /** Wires it. */
    public ActionsBeyondBound(Turns turns) {
        this.turns = requireNonNull(turns, "turns is null");
    }

    private record Looked(long last, int count, List<ServerId> servers) {}

    private record Trimmed(Looked looked, int deleted) {}

    @Override
    public String name() {
        return "actions-beyond-bound";
    }

    @Override
    public Duration pause() {
        return Duration.ofMinutes(5);
    }

    @Override
    public Look mend() {
        Optional<Trimmed> trimmed = turns.take(name(), this::trim);
        trimmed.ifPresent(some -> after = some.looked().last());
        return trimmed.map(some -> new Look(some.deleted(), some.looked().count() == MOST))
                .orElse(Look.NOTHING);
    }

    private Trimmed trim(Handle handle) {
        Looked looked = handle.createQuery("""
                        select coalesce(max(id), :after), count(*), coalesce(array_agg(distinct server_id), '{}')
                        from (select id, server_id from server_action where id > :after order by id limit :most) part""")
                .bind("after", after)
                .bind("most", MOST)
                .map((row, _) -> new Looked(row.getLong(1), row.getInt(2), servers(row.getArray(3))))
                .one();
        int deleted = 0;
        for (ServerId server : looked.servers()) {
            deleted += actions.trim(handle, server);
        }
        return new Trimmed(looked, deleted);
    }

    private static List<ServerId> servers(Array ids) throws SQLException {
        return Arrays.stream((UUID[]) ids.getArray()).map(ServerId::new).toList();
    }
}
