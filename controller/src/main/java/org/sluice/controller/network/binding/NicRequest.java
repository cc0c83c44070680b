package org.sluice.controller.network.binding;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;

/** What a server create asks for as one NIC: an entry of {@code networks} in the Compute API. */
public sealed interface NicRequest {
    /** A port that exists already. */
    record ByPort(PortId port) implements NicRequest {
        public ByPort {
            requireNonNull(port, "port is null");
        }
    }

    /**
     * A new port on that network, which goes when the server goes.
     *
     * @param fixedIp the address it must have, as text; empty takes the next free one of each IP version
     */
    record ByNetwork(NetworkId network, Optional<String> fixedIp) implements NicRequest {
        public ByNetwork {
            requireNonNull(network, "network is null");
            requireNonNull(fixedIp, "fixedIp is null");
        }
    }
}
