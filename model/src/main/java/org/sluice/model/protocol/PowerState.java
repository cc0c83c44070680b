package org.sluice.model.protocol;

/** What the hypervisor says of a guest's power. */
public enum PowerState {
    RUNNING,
    PAUSED,
    /** It ended, or was ended, or was never started. */
    STOPPED,
    /** It ended in a way that was neither its own wish nor ours. */
    CRASHED
}
