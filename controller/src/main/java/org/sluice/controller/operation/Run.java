package org.sluice.controller.operation;

import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.server.Claim;
import org.sluice.controller.server.Servers;
import org.sluice.model.protocol.ServerReport.Observed;

/**
 * What a step works with.
 *
 * @param handle the transaction it is part of
 * @param server the server, held, as the steps before have left it
 * @param data what the operation was begun with
 * @param heard what the server's host has just reported of its newest wish; empty when something else takes the operation on
 * @param <D> the type of the data
 */
record Run<D>(Handle handle, Servers.Held server, D data, Optional<Observed> heard) {
    /** Where the server is. */
    Claim claim() {
        return server.claim().orElseThrow();
    }
}
