package org.sluice.controller.store;

import java.util.Collection;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.model.ServerId;

/**
 * For which request what a host should do with a server was changed last; its agent's journal and log lines name it. Whoever
 * notes it has raised the host's revision, and so holds its row: these rows are locked after it, always. Stateless; the caller
 * owns the transaction.
 */
public final class ChangedServers {
    private ChangedServers() {}

    /** Notes the request that the handle's transaction is for ({@link Origin}); a transaction for none leaves the last one. */
    public static void note(Handle handle, Collection<ServerId> servers) {
        handle.createUpdate("""
                        insert into server_request (server_id, request_id, global_request_id)
                        select changed.id, request_told(1), request_told(2) from unnest(:servers) changed (id)
                        where request_told(1) is not null order by changed.id
                        on conflict (server_id) do update
                        set request_id = excluded.request_id, global_request_id = excluded.global_request_id""")
                .bindArray(
                        "servers",
                        UUID.class,
                        servers.stream().map(ServerId::value).toList())
                .execute();
    }
}
