package org.sluice.controller.compute.limit;

import org.jdbi.v3.core.Handle;

/** What projects use, in SQL. Stateless; callers own the transaction. */
final class UseStore {
    Use of(Handle handle, String project) {
        return handle.createQuery("""
                        select count(*) as servers, coalesce(sum(vcpus), 0) as vcpus,
                               coalesce(sum(memory_mib), 0) as memory
                        from server where project_id = :project""")
                .bind("project", project)
                .map((row, context) ->
                        new Use(project, row.getLong("servers"), row.getLong("vcpus"), row.getLong("memory")))
                .one();
    }
}
