package org.sluice.model.protocol;

/** What the hypervisor says of a guest's power. */
public enum PowerState {
    RUNNING,
    PAUSED,
    /** It ended, or was ended, or was never started. */
    STOPPED,
    /** It is off, and its memory is in a file of its host. */
    SUSPENDED,
    /** It ended in a way that was neither its own wish nor ours. */
    CRASHED
}
