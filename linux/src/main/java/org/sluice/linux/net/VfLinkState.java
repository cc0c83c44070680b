package org.sluice.linux.net;

/** What link a VF sees (enum in include/uapi/linux/if_link.h). */
public enum VfLinkState {
    /** That of the PF's port. Drivers that know no VF link state report this too, and refuse every change. */
    AUTO(0),
    /** Always up, so that VFs of one PF talk to each other without a cable. */
    ENABLE(1),
    /** Always down. */
    DISABLE(2),
    /** The kernel's answer had none. Never set this. */
    NOT_REPORTED(-1);

    private final int number;

    VfLinkState(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static VfLinkState of(int number) {
        for (VfLinkState state : values()) {
            if (state.number == number) {
                return state;
            }
        }
        return NOT_REPORTED;
    }
}
