package org.sluice.linux.net;

/**
 * One VLAN on a bridge port.
 *
 * @param id 1 to 4094
 * @param pvid frames that arrive untagged belong to it
 * @param untagged frames of it leave untagged
 */
public record BridgeVlan(int id, boolean pvid, boolean untagged) {
    private static final int LAST_ID = 4094;

    /** Checks the range. */
    public BridgeVlan {
        if (id < 1 || id > LAST_ID) {
            throw new IllegalArgumentException("The VLAN id " + id + " is out of range: use 1 to 4094.");
        }
    }

    /** An access port's VLAN: {@code vid ID pvid untagged}. */
    public static BridgeVlan access(int id) {
        return new BridgeVlan(id, true, true);
    }

    /** A VLAN that passes tagged: {@code vid ID}. */
    public static BridgeVlan tagged(int id) {
        return new BridgeVlan(id, false, false);
    }
}
