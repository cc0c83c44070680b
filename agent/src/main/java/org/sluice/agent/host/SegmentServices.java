package org.sluice.agent.host;

import java.util.List;
import org.sluice.model.MacAddress;
import org.sluice.model.NetworkId;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredServer;

/**
 * DHCP and metadata for the VMs of this host on one network, served from a namespace on the network's bridge. Each host
 * answers its own VMs only. Idempotent; may throw {@link KernelException}. Thread-safe.
 */
public interface SegmentServices {
    /**
     * Serves exactly these clients on the segment from now on, and only returns when DHCP and metadata do answer.
     * An empty list of clients ends the service and leaves nothing of it.
     */
    void serve(Bridges.Segment segment, List<Client> clients);

    /** The networks that are served now, also those that a killed agent left behind. */
    List<NetworkId> served();

    /** Ends the service of a network of which nothing else is known any more. */
    void withdraw(NetworkId network);

    /** One VM's NIC on the segment, with the server that metadata speaks of. */
    record Client(DesiredInterface.Bridge nic, DesiredServer server) {
        /** The NIC's address. */
        public MacAddress mac() {
            return nic.mac();
        }
    }
}
