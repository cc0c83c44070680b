package org.sluice.controller.network.network;

/** Checks of Neutron's policies that speak of the network that a thing is on. */
public final class Owners {
    /** Members and managers of the project that the network belongs to, and operators. */
    public static final String NETWORK_MEMBER =
            "(role:member or role:manager) and tenant_id:%(network:tenant_id)s or rule:admin";

    /** The same, and readers. */
    public static final String NETWORK_READER =
            "(role:reader or role:member or role:manager) and tenant_id:%(network:tenant_id)s or rule:admin";

    /** Those whom the thing belongs to, and those whom its network belongs to. */
    public static final String MEMBER = "rule:project_member or " + NETWORK_MEMBER;

    /** The same, and readers. */
    public static final String READER = "rule:project_reader or " + NETWORK_READER;

    /** Whoever decides about the network, and everybody when it is shared. */
    public static final String NETWORK_MEMBER_OR_SHARED = "field:networks:shared=True or " + NETWORK_MEMBER;

    private Owners() {}
}
