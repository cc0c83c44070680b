package org.sluice.controller.identity.region;

/** A region. */
public record Region(String id) {
    /** The one there is. */
    public static final Region ONE = new Region("RegionOne");
}
