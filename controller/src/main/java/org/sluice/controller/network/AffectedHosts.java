package org.sluice.controller.network;

import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.model.NetworkId;

/** Tells the hosts that carry a network that what they should do has changed. Stateless. */
public final class AffectedHosts {
    /** Every host with a bound or a service port of the network: its agent must look again. */
    public void ofNetwork(Handle handle, NetworkId network) {
        List<UUID> hosts = handle.createQuery("""
                        select distinct coalesce(binding_host_id, service_host_id) from port
                        where network_id = :network and coalesce(binding_host_id, service_host_id) is not null order by 1""")
                .bind("network", network.value())
                .mapTo(UUID.class)
                .list();
        for (UUID host : hosts) {
            handle.createUpdate("update host set desired_revision = desired_revision + 1 where id = :id")
                    .bind("id", host)
                    .execute();
            ChangeFeed.announce(handle, "host:" + host);
        }
    }
}
