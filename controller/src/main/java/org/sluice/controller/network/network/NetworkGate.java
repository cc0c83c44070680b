package org.sluice.controller.network.network;

import java.util.Collection;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.model.NetworkId;

/**
 * Keeps whoever changes a network, or a subnet of it, apart from servers that are on their way to it, in the order in which they came.
 * Who passes waits until the transaction of whoever is inside ends; so does everybody who comes after one that waits. Locks on the network's
 * row alone would let servers that come in a stream pass a change for ever, since PostgreSQL grants shared ones past a waiting one.
 * It is passed before a row of a network or of a host is locked, which whoever changes a network takes after it. Stateless.
 */
public final class NetworkGate {
    private NetworkGate() {}

    /**
     * For servers that are about to come to networks: these stay as they are until the transaction ends. Who changes one then finds the
     * servers there, and tells their hosts. The rows are locked as well, against controllers that know of no gate.
     */
    public static void come(Handle handle, Collection<NetworkId> networks) {
        if (!networks.isEmpty()) {
            UUID[] ids = sorted(networks.stream().map(NetworkId::value).toList());
            pass(handle, "pg_advisory_xact_lock_shared", ids);
            handle.createQuery("select id from network where id = any(:networks) order by id for share")
                    .bind("networks", ids)
                    .mapTo(UUID.class)
                    .list();
        }
    }

    /** For a change of networks, or of what is on them, such as their subnets; of those too that there are not. */
    public static void change(Handle handle, Collection<UUID> networks) {
        if (!networks.isEmpty()) {
            pass(handle, "pg_advisory_xact_lock", sorted(networks));
        }
    }

    private static void pass(Handle handle, String lock, UUID[] networks) {
        handle.createQuery("select true from (select " + lock
                        + "(hashtextextended('network ' || id, 0)) from unnest(:networks) id) passed")
                .bind("networks", networks)
                .mapTo(Boolean.class)
                .list();
    }

    /** All take them in one order. */
    private static UUID[] sorted(Collection<UUID> networks) {
        return networks.stream().distinct().sorted().toArray(UUID[]::new);
    }
}
