package org.sluice.linux.net;

import static java.util.Objects.requireNonNull;

/**
 * The queue discipline at a device's root.
 *
 * @param kind the kernel's word: {@code pfifo_fast}, {@code mq}, {@code noqueue} ...
 * @param handle its number, major part in the upper 16 bits; 0 for one that the kernel chose by itself
 */
public record Qdisc(String kind, int handle) {
    /** Checks for null. */
    public Qdisc {
        requireNonNull(kind, "kind is null");
    }

    /** Whether the kernel chose it by itself, so that deleting a root put in its place brings it back. */
    public boolean isDefault() {
        return handle == 0;
    }

    /** As {@code tc} writes it: {@code pfifo 8001:}. */
    @Override
    public String toString() {
        return kind + " " + Integer.toHexString(handle >>> 16) + ":";
    }
}
