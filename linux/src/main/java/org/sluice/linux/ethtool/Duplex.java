package org.sluice.linux.ethtool;

/** Whether a link sends and receives at the same time. */
public enum Duplex {
    /** One direction at a time. */
    HALF,
    /** Both at once. */
    FULL
}
