package org.sluice.controller.compute.server;

import java.util.List;
import org.sluice.controller.policy.RowTarget;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Target;
import org.sluice.controller.policy.Who;

/** Who may do what with servers, as Nova's policies say. */
final class ServerRules {
    private static final RowTarget ROWS = RowTarget.ofProject("s.project_id").with("user_id", "s.user_id");

    static final Rule INDEX = reader("servers:index", "List servers.").over(ROWS);
    static final Rule DETAIL =
            reader("servers:detail", "List servers with everything about them.").over(ROWS);
    static final Rule SHOW = reader("servers:show", "Show a server.").over(ROWS);
    static final Rule CREATE = member("servers:create", "Create a server.");
    static final Rule UPDATE = member("servers:update", "Change a server's name, hostname and description.");
    static final Rule DELETE = member("servers:delete", "Delete a server.");
    static final Rule FORCE_DELETE = member("os-deferred-delete:force", "Delete a server at once.");
    static final Rule INDEX_ALL = admin("servers:index:get_all_tenants", "List the servers of all projects.")
            .over(ROWS);
    static final Rule DETAIL_ALL = admin(
                    "servers:detail:get_all_tenants", "List the servers of all projects with everything about them.")
            .over(ROWS);
    static final Rule ALL_FILTERS = admin("servers:allow_all_filters", "Find servers by where they are.");
    static final Rule FORCED_HOST = admin("servers:create:forced_host", "Name a host behind the zone of a new server.");
    // Nova's own name has another beginning.
    static final Rule REQUESTED_DESTINATION = Rule.of(
            "compute:servers:create:requested_destination", Who.ADMIN, "Name the host of a new server, from 2.74 on.");
    static final Rule EXTENDED =
            admin("os-extended-server-attributes", "See where servers are, their user data, and why builds failed.");
    static final Rule HOST_STATUS = admin("servers:show:host_status", "See whether a server's host is up.");

    static final Rule METADATA_INDEX = reader("server-metadata:index", "List a server's metadata.");
    static final Rule METADATA_SHOW = reader("server-metadata:show", "Show one item of a server's metadata.");
    static final Rule METADATA_CREATE = member("server-metadata:create", "Add to a server's metadata.");
    static final Rule METADATA_UPDATE = member("server-metadata:update", "Change one item of a server's metadata.");
    static final Rule METADATA_UPDATE_ALL = member("server-metadata:update_all", "Replace a server's metadata.");
    static final Rule METADATA_DELETE = member("server-metadata:delete", "Delete one item of a server's metadata.");

    static final Rule IPS_INDEX = reader("ips:index", "List a server's addresses.");
    static final Rule IPS_SHOW = reader("ips:show", "List a server's addresses on one network.");
    static final Rule INTERFACES_LIST = reader("os-attach-interfaces:list", "List a server's NICs.");
    static final Rule INTERFACES_SHOW = reader("os-attach-interfaces:show", "Show a server's NIC.");
    static final Rule INTERFACES_CREATE = member("os-attach-interfaces:create", "Attach a NIC to a server.");
    static final Rule INTERFACES_DELETE = member("os-attach-interfaces:delete", "Detach a NIC from a server.");
    static final Rule GROUPS_LIST = reader("os-security-groups:list", "List a server's security groups.");
    static final Rule INSTANCE_ACTIONS_LIST = reader("os-instance-actions:list", "List what was done to a server.");
    static final Rule INSTANCE_ACTIONS_SHOW = reader("os-instance-actions:show", "Show what was done to a server.");
    static final Rule CONSOLE_OUTPUT = member("os-console-output", "Read a server's console.");
    static final Rule REMOTE_CONSOLES = member("os-remote-consoles", "Open a server's console.");

    private ServerRules() {}

    /** A server as checks see it: {@code project_id}, {@code user_id}. */
    static Target target(Server server) {
        return Target.ofProject(server.projectId()).with("user_id", server.userId());
    }

    static Rule reader(String name, String sentence) {
        return Rule.of("os_compute_api:" + name, Who.PROJECT_READER, sentence);
    }

    static Rule member(String name, String sentence) {
        return Rule.of("os_compute_api:" + name, Who.PROJECT_MEMBER, sentence);
    }

    static Rule admin(String name, String sentence) {
        return Rule.of("os_compute_api:" + name, Who.ADMIN, sentence);
    }

    /** Those that no route, view or list names. */
    static List<Rule> asked() {
        return List.of(INDEX_ALL, DETAIL_ALL, FORCED_HOST, REQUESTED_DESTINATION, EXTENDED, HOST_STATUS);
    }
}
