package org.sluice.model;

import java.util.Locale;
import java.util.Optional;

/** How a port reaches its VM; {@code binding:vnic_type} of the Network API. */
public enum VnicType {
    /** A virtio NIC behind a tap on a Linux bridge. */
    NORMAL,
    /** A virtual function of an SR-IOV card, handed to the VM by VFIO. */
    DIRECT;

    /** The name in the API, in lower case. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the type of that API name, or empty for a name that Sluice does not offer. */
    public static Optional<VnicType> ofWireName(String name) {
        for (VnicType type : values()) {
            if (type.wireName().equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
