package org.sluice.controller.compute.metadata;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.compute.wire.TextMap;
import org.sluice.model.ServerId;

/** Metadata in SQL: a column of servers. Stateless; callers own the transaction. */
final class MetadataStore {
    void set(Handle handle, ServerId server, Map<String, String> metadata, Instant now) {
        handle.createUpdate("update server set metadata = cast(:metadata as jsonb), updated_at = :now where id = :id")
                .bind("id", server.value())
                .bind("metadata", TextMap.toJson(metadata))
                .bind("now", OffsetDateTime.ofInstant(now, ZoneOffset.UTC))
                .execute();
    }
}
