package org.sluice.simulator;

/** What an agent can ask of a simulated host, as faults name it. */
public enum HostCall {
    LIST_FUNCTIONS,
    READ_MODEL,
    READ_PORT,
    READ_FUNCTION,
    SET_MAC,
    SET_VLAN,
    SET_SPOOF_CHECK,
    SET_TRUST,
    SET_RATES,
    SET_LINK,
    PREPARE_PHYSICAL_FUNCTION,
    READ_DRIVER,
    UNBIND,
    BIND_TO_VFIO,
    READ_ADDRESS,
    LIST_UPLINKS,
    ENSURE_BRIDGE,
    REMOVE_BRIDGE,
    ENSURE_TAP,
    REMOVE_TAP,
    READ_TAP,
    READ_BRIDGE,
    SERVE,
    FORGET_CLIENT,
    LIST_SERVED,
    LIST_MADE,
    WITHDRAW,
    FETCH_IMAGE,
    ENSURE_ROOT_DISK,
    REQUIRE_ROOT_DISK,
    ENSURE_RESCUE_DISK,
    ENSURE_CONFIG_DRIVE,
    REMOVE_DISKS,
    COPY_ROOT_DISK,
    EXPORT_COPY,
    READ_EXPORT,
    DROP_COPIES,
    PREPARE_MEMORY,
    KEEP_MEMORY,
    DROP_MEMORY,
    LIST_DISKS,
    START_DOMAIN,
    DESTROY_DOMAIN,
    SHUT_DOWN_DOMAIN,
    SUSPEND_DOMAIN,
    RESUME_DOMAIN,
    SAVE_DOMAIN,
    READ_SAVED,
    RESTORE_DOMAIN,
    ATTACH_NIC,
    DETACH_NIC,
    READ_DOMAIN,
    READ_CAPACITY;

    /**
     * Whether an agent asks this over and over to see how the host is, apart from the work on any server. Such calls have
     * no number, so that the numbers of the others do not depend on the time.
     */
    public boolean isSurvey() {
        return this == LIST_FUNCTIONS
                || this == READ_MODEL
                || this == READ_PORT
                || this == LIST_UPLINKS
                || this == LIST_SERVED
                || this == LIST_MADE
                || this == LIST_DISKS
                || this == READ_CAPACITY;
    }
}
