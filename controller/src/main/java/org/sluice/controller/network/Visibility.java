package org.sluice.controller.network;

/** Who sees what, as SQL conditions on {@code :admin} and {@code :project}. */
final class Visibility {
    /** A network {@code n}: its project, everybody when it is shared or external, and admins. */
    static final String OF_NETWORK = "(cast(:admin as boolean) or n.project_id = :project or n.shared or n.external)";

    /** A subnet {@code s} of network {@code n}: its project, everybody when the network is shared, and admins. */
    static final String OF_SUBNET = "(cast(:admin as boolean) or s.project_id = :project or n.shared)";

    /** A port {@code p} on network {@code n}: its project, the network's project, and admins. */
    static final String OF_PORT = "(cast(:admin as boolean) or p.project_id = :project or n.project_id = :project)";

    /** A security group {@code g}: its project, and admins. */
    static final String OF_SECURITY_GROUP = "(cast(:admin as boolean) or g.project_id = :project)";

    /** A rule {@code r}: its project, and admins. */
    static final String OF_RULE = "(cast(:admin as boolean) or r.project_id = :project)";

    private Visibility() {}
}
