package org.sluice.traffic.frame;

import static java.util.Objects.requireNonNull;

import org.sluice.linux.net.VlanProtocol;

/**
 * One VLAN tag of a test frame (IEEE 802.1Q, clause 9).
 *
 * @param protocol what stands in the type field before it
 * @param id VLAN, 1 to 4094
 * @param priority priority code point, 0 (best effort) to 7
 */
public record VlanTag(VlanProtocol protocol, int id, int priority) {
    /** Bytes that a tag adds to a frame. */
    public static final int LENGTH = 4;

    private static final int LAST_ID = 4094;
    private static final int LAST_PRIORITY = 7;

    /** Checks the ranges. */
    public VlanTag {
        requireNonNull(protocol, "protocol is null");
        if (id < 1 || id > LAST_ID) {
            throw new IllegalArgumentException("The VLAN id " + id + " is out of range: use 1 to 4094.");
        }
        if (priority < 0 || priority > LAST_PRIORITY) {
            throw new IllegalArgumentException("The VLAN priority " + priority + " is out of range: use 0 to 7.");
        }
    }

    /** An 802.1Q tag of priority 0. */
    public static VlanTag of(int id) {
        return new VlanTag(VlanProtocol.DOT1Q, id, 0);
    }

    /** The four bytes as they stand in the frame: type, priority, drop eligible (never set), id. */
    int word() {
        return protocol.etherType() << Short.SIZE | priority << Headers.PRIORITY_SHIFT | id;
    }
}
