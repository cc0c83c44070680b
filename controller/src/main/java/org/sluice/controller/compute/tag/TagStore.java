package org.sluice.controller.compute.tag;

import java.util.List;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.server.ServerDetails;
import org.sluice.model.ServerId;

/** Tags in SQL: a column of servers. Stateless; callers own the transaction. */
final class TagStore {
    private final ServerDetails details = new ServerDetails();

    void set(Handle handle, ServerId server, List<String> tags) {
        details.tags(handle, server, tags);
    }
}
