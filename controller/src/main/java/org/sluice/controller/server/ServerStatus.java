package org.sluice.controller.server;

/** What a server is while nothing is under way with it (Compute API guide, "Server concepts"). */
public enum ServerStatus {
    /** Claimed on a host, or about to be; the agent has not yet reported that it stands. */
    BUILD("building"),
    /** Running, with every requested attribute of every interface verified on the host. */
    ACTIVE("active"),
    /** It stands on its host, with disk, claim and leases, and its guest does not run. */
    SHUTOFF("stopped"),
    /** Its guest stands still, by a wish or because its disk could not take what it wrote. */
    PAUSED("paused"),
    /** Its guest is off, and its memory is in a file of its host, which it goes on from. */
    SUSPENDED("suspended"),
    /** It has another flavor, and what it was is kept until somebody confirms or reverts that; its guest may run. */
    RESIZED("resized"),
    /** It is off, and an image of its disk is made; it is about to leave its host. */
    SHELVED("shelved"),
    /** It is on no host: there is an image of its disk, and its ports have kept their addresses. */
    SHELVED_OFFLOADED("shelved_offloaded"),
    /** Its guest runs from another image, with its root disk as the second; or ended there. */
    RESCUED("rescued"),
    /** It could not be scheduled or built, or is not what it should be; the fault says why. */
    ERROR("error");

    private final String vmState;

    ServerStatus(String vmState) {
        this.vmState = vmState;
    }

    /** Nova's word for it in {@code OS-EXT-STS:vm_state}. */
    public String vmState() {
        return vmState;
    }
}
