package org.sluice.controller.network;

import static java.util.Objects.requireNonNull;

import org.jdbi.v3.core.statement.SqlStatement;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.policy.Access;
import org.sluice.controller.policy.Rule;

/**
 * Whose things a caller sees; SQL conditions that begin a {@code where}, and their values.
 *
 * @param all whether everybody's
 * @param project the project of the caller, empty for none
 */
public record Viewer(boolean all, String project) {
    /** A network {@code n}: its project, and everybody when it is shared or external. */
    public static final String OF_NETWORK =
            "(cast(:all as boolean) or n.project_id = :project or n.shared or n.external)";

    /** A subnet {@code s} of network {@code n}: its project, the network's, and everybody when the network is shared. */
    public static final String OF_SUBNET =
            "(cast(:all as boolean) or s.project_id = :project or n.project_id = :project or n.shared)";

    /** A port {@code p} on network {@code n}: its project, and the network's project. */
    public static final String OF_PORT =
            "(cast(:all as boolean) or p.project_id = :project or n.project_id = :project)";

    /** A security group {@code g}: its project. */
    public static final String OF_SECURITY_GROUP = "(cast(:all as boolean) or g.project_id = :project)";

    /** A rule {@code r}: its project. */
    public static final String OF_RULE = "(cast(:all as boolean) or r.project_id = :project)";

    public Viewer {
        requireNonNull(project, "project is null");
    }

    /** What the caller sees who may see things under that rule. */
    public static Viewer of(Exchange exchange, Rule get) {
        return of(exchange.access(), get);
    }

    /** The same, for what is not asked for by a request of its own. */
    static Viewer of(Access access, Rule get) {
        return new Viewer(access.mayAll(get), access.caller().projectId());
    }

    /** Binds the values of the conditions. */
    public <S extends SqlStatement<S>> S bind(S statement) {
        return statement.bind("all", all).bind("project", project);
    }
}
