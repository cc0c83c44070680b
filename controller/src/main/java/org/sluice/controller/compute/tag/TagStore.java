package org.sluice.controller.compute.tag;

import java.util.List;
import org.jdbi.v3.core.Handle;
import org.sluice.model.ServerId;

/** Tags in SQL: a column of servers. Stateless; callers own the transaction. */
final class TagStore {
    void set(Handle handle, ServerId server, List<String> tags) {
        handle.createUpdate("update server set tags = :tags where id = :id")
                .bind("id", server.value())
                .bindArray("tags", String.class, tags)
                .execute();
    }
}
