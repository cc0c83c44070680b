package org.sluice.controller.fleet.standing;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.sluice.controller.fleet.wire.HostDown;
import org.sluice.controller.http.list.Window;
import org.sluice.controller.scheduling.Scheduling.Elsewhere;
import org.sluice.controller.server.ServerState;
import org.sluice.model.HostId;

/** What stands on hosts, in SQL, without knowing yet whether it fits elsewhere. Stateless; callers own the transaction. */
final class StandingServerStore {
    private static final String SELECT = """
            select s.id, s.number, s.name, s.project_id, s.status, s.task_state, c.role, not c.present as leaving,
            """ + HostDown.SELECT + """
                ,
                (select count(*) from virtual_function vf
                    where vf.leased_server_id = c.server_id and vf.leased_host_id = c.host_id) as functions
            from claim c join server s on s.id = c.server_id join host h on h.id = c.host_id
            where c.host_id = :host""";

    List<StandingServer> list(Handle handle, HostId host, Window window) {
        return window.list(
                handle.createQuery(SELECT + window.sql()).bind("host", host.value()), StandingServerStore::read);
    }

    Optional<StandingServer> find(Handle handle, HostId host, UUID server) {
        return handle.createQuery(SELECT + " and s.id = :server")
                .bind("host", host.value())
                .bind("server", server)
                .map(StandingServerStore::read)
                .findOne();
    }

    private static StandingServer read(ResultSet row, StatementContext context) throws SQLException {
        return new StandingServer(
                row.getObject("id", UUID.class),
                row.getLong("number"),
                row.getString("name"),
                row.getString("project_id"),
                ServerState.of(row.getString("status"), row.getString("task_state"))
                        .shown(),
                Optional.ofNullable(row.getString("task_state")),
                row.getString("role"),
                row.getBoolean("leaving"),
                row.getInt("functions"),
                HostDown.reason(row).isEmpty(),
                new Elsewhere.Fits());
    }
}
