package org.sluice.controller.agents;

import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.store.StorableText;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.ServerReport.InterfaceDrift;

/**
 * What hosts say of NICs that read back otherwise than they were set up, in SQL: of each the last time, and how often. It changes no
 * server's state. Told twice it counts once. Stateless; the caller owns the transaction, and holds the server's row.
 */
final class Drifts {
    /** Takes what a host says now; what it does not say any more is over. */
    void take(Handle handle, ServerId server, List<InterfaceDrift> drifts) {
        List<UUID> lasting = drifts.stream()
                .filter(InterfaceDrift::lasts)
                .map(drift -> drift.port().value())
                .toList();
        handle.createUpdate("""
                        update interface_drift set lasts = false
                        where server_id = :server and lasts and port_id <> all(:lasting)""")
                .bind("server", server.value())
                .bindArray("lasting", UUID.class, lasting)
                .execute();
        for (InterfaceDrift drift : drifts) {
            handle.createUpdate("""
                            insert into interface_drift (port_id, server_id, code, reason, seen_at, lasts)
                            select id, :server, :code, :reason, :at, :lasts from port
                            where id = :port and server_id = :server
                            on conflict (port_id) do update
                            set server_id = excluded.server_id, code = excluded.code, reason = excluded.reason,
                                lasts = excluded.lasts, seen_at = excluded.seen_at,
                                times = interface_drift.times
                                    + case when excluded.seen_at > interface_drift.seen_at then 1 else 0 end
                            where excluded.seen_at >= interface_drift.seen_at""")
                    .bind("port", drift.port().value())
                    .bind("server", server.value())
                    .bind("code", StorableText.of(drift.what().code()))
                    .bind("reason", StorableText.of(drift.what().reason()))
                    .bind("at", drift.at().atOffset(ZoneOffset.UTC))
                    .bind("lasts", drift.lasts())
                    .execute();
        }
    }
}
