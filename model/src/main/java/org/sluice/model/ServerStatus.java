package org.sluice.model;

/** The life of a server as the Compute API names it (API guide, "Server concepts"). */
public enum ServerStatus {
    /** Claimed on a host; the agent has not yet reported it running. */
    BUILD,
    /** Running, with every requested attribute of every interface verified on the host. */
    ACTIVE,
    /** Could not be scheduled or built; the fault says why. */
    ERROR,
    /** Asked to go; holds its claim until the agent reports that nothing is left on the host. */
    DELETING
}
