package org.sluice.agent.host;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.sluice.model.MacAddress;
import org.sluice.model.NetworkId;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredServer;

/**
 * DHCP and metadata for the VMs of this host on one network, served from a namespace on the network's bridge under an address that
 * all hosts share. Each host answers its own VMs only, and nothing of it passes the network's uplink. Idempotent; may throw {@link KernelException}. Thread-safe.
 */
public interface SegmentServices {
    /**
     * Serves exactly these clients on the segment from now on, and only returns when DHCP and metadata do answer.
     * An empty list of clients ends the service and leaves nothing of it.
     */
    void serve(Bridges.Segment segment, List<Client> clients);

    /**
     * Has the listener told of networks whose DHCP has ended by itself, in place of an earlier listener. {@link #serve} begins it
     * anew; the listener must not call it itself.
     */
    void watch(Consumer<NetworkId> listener);

    /**
     * Takes what there is under our names for a network for made here: for one whose server's books were kept before it was written
     * down what is made, or were lost.
     */
    void adopt(NetworkId network);

    /** The networks that are served now, also those that a killed agent left behind, with the addresses that they are served from. */
    Map<NetworkId, List<String>> served();

    /**
     * Answers a NIC no more, whatever becomes of the others on its network: they are served on as they were, or not any more where
     * that cannot be. Nothing happens where it is not answered.
     */
    void forget(Bridges.Segment segment, DesiredInterface.Bridge nic);

    /** Ends the service of a network of which nothing else is known any more; what was there before stays. */
    void withdraw(NetworkId network);

    /** Keeps the files that guests fill within bounds. */
    void trim();

    /** One VM's NIC on the segment, with the server that metadata speaks of. */
    record Client(DesiredInterface.Bridge nic, DesiredServer server) {
        /** The NIC's address. */
        public MacAddress mac() {
            return nic.mac();
        }
    }
}
