package org.sluice.linux.net;

/** A setting of a VF that is on or off, if the driver tells. */
public enum ReportedSwitch {
    /** Off. */
    OFF,
    /** On. */
    ON,
    /** The driver does not report it: the kernel shows ~0, or no attribute at all. */
    NOT_REPORTED;

    private static final int DRIVER_SAID_NOTHING = -1;

    static ReportedSwitch of(int setting) {
        if (setting == DRIVER_SAID_NOTHING) {
            return NOT_REPORTED;
        }
        return setting == 0 ? OFF : ON;
    }

    /** Whether it is reported and equals {@code wanted}. */
    public boolean is(boolean wanted) {
        return this == (wanted ? ON : OFF);
    }
}
