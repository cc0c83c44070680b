package org.sluice.agent.host;

import java.util.List;
import java.util.Optional;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;

/**
 * One Linux bridge a network, its uplink a VLAN device, its ports taps of VMs. Every call is idempotent, reads back what
 * it did, and may throw {@link KernelException}. Thread-safe.
 */
public interface Bridges {
    /** Netdevs of this host that could be an uplink, by name. */
    List<String> uplinks();

    /** Makes the bridge of the segment and its uplink, up, at the segment's MTU; returns the bridge's name. */
    String ensure(Segment segment);

    /** Takes the bridge away with its VLAN device, if there is no port on it but the uplink; says whether it is gone. */
    boolean removeIfUnused(Segment segment);

    /** Makes a persistent tap for the port, on the bridge, up; returns its name. */
    String ensureTap(Segment segment, PortId port);

    /** Takes the port's tap away; nothing happens when there is none. */
    void removeTap(PortId port);

    /** The bridge that the port's tap is on now; empty when there is no such tap. */
    Optional<String> bridgeOf(PortId port);

    /**
     * A network as this host sees it.
     *
     * @param network the network
     * @param uplink netdev that reaches its physical network
     * @param vlan VLAN id on that netdev, 0 for untagged
     * @param mtu largest IP packet, bytes
     */
    record Segment(NetworkId network, String uplink, int vlan, int mtu) {
        /** Name of the bridge: {@code brq} and the first eleven characters of the network's id, as operators know it. */
        public String bridgeName() {
            return "brq" + network.toString().substring(0, 11);
        }

        /** Name of the port's tap: {@code tap} and the first eleven characters of the port's id. */
        public static String tapName(PortId port) {
            return "tap" + port.toString().substring(0, 11);
        }
    }
}
