package org.sluice.controller.compute.migration;

import java.util.Optional;
import java.util.Set;
import org.sluice.controller.compute.wire.ComputePages;
import org.sluice.controller.compute.wire.Names;
import org.sluice.controller.compute.wire.Times;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;

/** Migrations as the Compute API shows and asks for them. */
final class MigrationWire {
    /** From then on a host may be named. */
    private static final int WITH_HOST = 56;

    private static final int WITH_TYPE = 23;
    private static final int PAGED = 59;
    private static final int CHANGED_BEFORE = 66;
    private static final int WITH_OWNER = 80;

    private static final View<Migration> VIEW = View.<Migration>of("migration", "migrations")
            .member("id", Migration::id)
            .member("uuid", Migration::uuid)
            .since(PAGED)
            .member("instance_uuid", Migration::server)
            .member("status", Migration::status)
            .member("migration_type", Migration::type)
            .since(WITH_TYPE)
            .member("source_compute", Migration::source)
            .member("source_node", Migration::source)
            .member("dest_compute", Migration::destination)
            .member("dest_node", Migration::destination)
            .member("dest_host", migration -> null)
            // Nova's are the numbers of rows, which flavors here do not have.
            .member("old_instance_type_id", migration -> null)
            .member("new_instance_type_id", migration -> null)
            .member("user_id", Migration::userId)
            .since(WITH_OWNER)
            .member("project_id", Migration::projectId)
            .since(WITH_OWNER)
            .member("created_at", migration -> Times.plain(migration.createdAt()))
            .member("updated_at", migration -> Times.plain(migration.updatedAt()))
            .build();

    /** The newest first. None of them is hidden. */
    static final ListQuery<Migration> LIST = ListQuery.of(VIEW)
            .filter("hidden", Filter.truth("false"))
            .filter("host", (values, terms) -> {
                String wanted = terms.array(String.class, values);
                return "m.source = any(" + wanted + ") or m.dest = any(" + wanted + ")";
            })
            .filter("instance_uuid", Filter.uuid("m.server_id"))
            .filter("migration_type", Filter.text("m.type"))
            .filter("source_compute", Filter.text("m.source"))
            .filter("status", Filter.text("m.status"))
            .filter("changes-since", Filter.time("m.updated_at", ">="))
            .since(PAGED)
            .filter("changes-before", Filter.time("m.updated_at", "<="))
            .since(CHANGED_BEFORE)
            .filter("project_id", Filter.text("m.project_id"))
            .since(WITH_OWNER)
            .filter("user_id", Filter.text("m.user_id"))
            .since(WITH_OWNER)
            .scope("limit")
            .since(PAGED)
            .scope("marker")
            .since(PAGED)
            .unique("id", "m.id", Migration::id, Migration::uuid)
            .usually("id", false)
            .pages(ComputePages.LARGEST, ComputePages.LARGEST)
            .build();

    private MigrationWire() {}

    /** The only host that a server may go to, if one is wanted. */
    static Optional<String> host(Exchange exchange) {
        if (exchange.minorVersion() < WITH_HOST) {
            exchange.body().refuseValue("migrate", "it takes nothing before microversion 2.56");
            return Optional.empty();
        }
        return exchange.body()
                .optionalObject("migrate")
                .flatMap(fields -> fields.onlyKnows(Set.of("host")).optionalText("host", 1, Names.LONGEST));
    }
}
