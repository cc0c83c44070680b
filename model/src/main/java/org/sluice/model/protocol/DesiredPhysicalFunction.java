package org.sluice.model.protocol;

import static java.util.Objects.requireNonNull;

/**
 * How a PF should be whose VFs servers may get: up, and that wide. It is an object of its own and no server's, since all of them share it.
 *
 * @param key which one
 * @param mtu least MTU, bytes: the largest packet that its physical network carries
 */
public record DesiredPhysicalFunction(PhysicalFunctionKey key, int mtu) {
    public DesiredPhysicalFunction {
        requireNonNull(key, "key is null");
    }
}
