package org.sluice.controller.compute.server;

import static org.sluice.controller.compute.wire.ComputeRules.admin;
import static org.sluice.controller.compute.wire.ComputeRules.member;
import static org.sluice.controller.compute.wire.ComputeRules.reader;

import java.util.List;
import org.sluice.controller.policy.RowTarget;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Target;

/** Who may do what with servers, as Nova's policies say. */
public final class ServerRules {
    private static final RowTarget ROWS = RowTarget.ofProject("s.project_id").with("user_id", "s.user_id");

    static final Rule INDEX = reader("servers:index", "List servers.").over(ROWS);
    static final Rule DETAIL =
            reader("servers:detail", "List servers with everything about them.").over(ROWS);
    static final Rule SHOW = reader("servers:show", "Show a server.").over(ROWS);
    static final Rule UPDATE = member("servers:update", "Change a server's name, hostname and description.");
    static final Rule DELETE = member("servers:delete", "Delete a server.");
    static final Rule INDEX_ALL = admin("servers:index:get_all_tenants", "List the servers of all projects.")
            .over(ROWS);
    static final Rule DETAIL_ALL = admin(
                    "servers:detail:get_all_tenants", "List the servers of all projects with everything about them.")
            .over(ROWS);
    static final Rule ALL_FILTERS = admin("servers:allow_all_filters", "Find servers by where they are.");
    static final Rule EXTENDED =
            admin("os-extended-server-attributes", "See where servers are, their user data, and why builds failed.");
    static final Rule HOST_STATUS = admin("servers:show:host_status", "See whether a server's host is up.");

    public static final Rule LOCK_OVERRIDE = admin(
            "os-lock-server:unlock:unlock_override",
            "Unlock a server that an operator locked, and change one that is locked.");

    private ServerRules() {}

    /** A server as checks see it: {@code project_id}, {@code user_id}. */
    public static Target target(Server server) {
        return Target.ofProject(server.projectId()).with("user_id", server.userId());
    }

    /** Those that no route, view or list names. */
    static List<Rule> asked() {
        return List.of(INDEX_ALL, DETAIL_ALL, EXTENDED, HOST_STATUS, LOCK_OVERRIDE);
    }
}
