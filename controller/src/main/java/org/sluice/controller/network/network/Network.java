package org.sluice.controller.network.network;

import java.util.Optional;
import java.util.UUID;
import org.sluice.controller.http.view.RawJson;
import org.sluice.controller.network.wire.Stamps;

/**
 * A network as it is kept.
 *
 * @param isShared whether every project may use it
 * @param isExternal whether it leads out of the cloud
 * @param portSecurity what its ports have unless they ask for something else
 * @param mtu largest IP packet, bytes
 * @param networkType {@code vlan} or {@code flat}
 * @param physicalNetwork where it is
 * @param vlan VLAN id, 1 to 4094; empty for flat
 * @param subnets ids of its subnets, the oldest first
 */
record Network(
        UUID id,
        String projectId,
        String name,
        String description,
        boolean adminStateUp,
        boolean isShared,
        boolean isExternal,
        boolean portSecurity,
        int mtu,
        String networkType,
        String physicalNetwork,
        Optional<Integer> vlan,
        RawJson subnets,
        Stamps stamps) {}
