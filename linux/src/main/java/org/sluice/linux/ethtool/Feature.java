package org.sluice.linux.ethtool;

import static java.util.Objects.requireNonNull;

/**
 * One offload feature of a device.
 *
 * @param name the kernel's word (net/ethtool/common.c), for example {@code rx-gro}
 * @param active whether it works now
 * @param requested whether it is wished for; it may still not be active while something it needs is off
 * @param changeable whether it can be switched; {@code ethtool -k} prints {@code [fixed]} when it cannot
 */
public record Feature(String name, boolean active, boolean requested, boolean changeable) {
    /** Checks for null. */
    public Feature {
        requireNonNull(name, "name is null");
    }
}
