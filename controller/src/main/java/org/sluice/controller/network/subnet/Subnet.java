package org.sluice.controller.network.subnet;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.sluice.controller.http.view.RawJson;
import org.sluice.controller.network.address.IpRange;
import org.sluice.controller.network.wire.Stamps;

/**
 * A subnet as it is kept.
 *
 * @param block its addresses
 * @param gateway address of its router, if it has one
 * @param pools where addresses are given from, in order
 * @param nameServers addresses
 * @param hostRoutes list of {@code destination} and {@code nexthop}
 */
record Subnet(
        UUID id,
        UUID networkId,
        String projectId,
        String name,
        String description,
        IpRange block,
        Optional<String> gateway,
        boolean enableDhcp,
        List<IpRange> pools,
        List<String> nameServers,
        RawJson hostRoutes,
        Stamps stamps) {
    Subnet {
        pools = List.copyOf(pools);
        nameServers = List.copyOf(nameServers);
    }
}
