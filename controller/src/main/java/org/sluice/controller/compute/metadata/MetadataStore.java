package org.sluice.controller.compute.metadata;

import java.time.Instant;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.compute.wire.TextMap;
import org.sluice.controller.server.ServerDetails;
import org.sluice.model.ServerId;

/** Metadata in SQL: a column of servers. Stateless; callers own the transaction. */
final class MetadataStore {
    private final ServerDetails details = new ServerDetails();

    void set(Handle handle, ServerId server, Map<String, String> metadata, Instant now) {
        details.metadata(handle, server, TextMap.toJson(metadata), now);
    }
}
