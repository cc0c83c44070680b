package org.sluice.controller.scheduling;

import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.http.Json;
import org.sluice.model.HostId;
import org.sluice.model.ServerId;

/** Keeps why servers are where they are, or nowhere. Stateless; the caller owns the transaction. */
final class Decisions {
    void record(Handle handle, ServerId server, Optional<HostId> chosen, List<Verdict> verdicts) {
        handle.createUpdate("""
                        insert into scheduling_decision (server_id, host_id, hosts)
                        values (:server, cast(:host as uuid), cast(:hosts as jsonb))""")
                .bind("server", server.value())
                .bind("host", chosen.map(HostId::toString).orElse(null))
                .bind("hosts", Json.MAPPER.writeValueAsString(verdicts))
                .execute();
    }

    void forget(Handle handle, ServerId server) {
        handle.createUpdate("delete from scheduling_decision where server_id = :server")
                .bind("server", server.value())
                .execute();
    }
}
