package org.sluice.controller.fleet.wire;

/** How long pages of {@code /sluice/v1} are. */
public final class FleetPages {
    /** Rows of a page, at most, and unless the client asks for fewer. */
    public static final int LARGEST = 1_000;

    private FleetPages() {}
}
