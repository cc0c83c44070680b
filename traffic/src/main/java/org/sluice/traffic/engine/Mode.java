package org.sluice.traffic.engine;

import java.util.Locale;

/** How frames get to the kernel and back. */
public enum Mode {
    /** Packet sockets: works on every device; arrivals are stamped by the kernel. */
    MMSG,
    /** AF_XDP: fewer instructions a frame; arrivals are stamped by the receiver when it sees them. */
    XDP;

    /** Reads {@code mmsg} or {@code xdp}. */
    public static Mode parse(String text) {
        for (Mode mode : values()) {
            if (mode.toString().equals(text)) {
                return mode;
            }
        }
        throw new IllegalArgumentException("\"" + text + "\" is no mode: use mmsg or xdp.");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
