package org.sluice.agent.host;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;

/**
 * One Linux bridge a network, its uplink a VLAN device, its ports taps of VMs. Every call is idempotent, reads back what
 * it did, and may throw {@link KernelException}. Thread-safe.
 */
public interface Bridges {
    /** Netdevs of this host that could be an uplink, by name. */
    List<String> uplinks();

    /**
     * Makes the bridge of the segment and its uplink, up, at the segment's MTU; returns the bridge's name. What passes between the
     * uplink and another isolated port of the bridge is dropped. A device that is in a bridge or bond of somebody else's, or by
     * whose address the host is reached, is not taken into a bridge.
     */
    String ensure(Segment segment);

    /**
     * Takes away what was made here for the network and is no tap, if there is no port on its bridge but the uplink; says whether
     * nothing of that is left. What was there before stays.
     */
    boolean removeIfUnused(NetworkId network);

    /** Makes a persistent tap for the port, on the bridge, up; returns its name. */
    String ensureTap(Segment segment, PortId port);

    /** Takes the port's tap away if it was made here; nothing happens when there is none. */
    void removeTap(PortId port);

    /**
     * Takes what there is under our names of the segment and of this port for made here: for a server whose books were kept before
     * it was written down what is made, or were lost.
     */
    void adopt(Segment segment, PortId port);

    /** What was made here and is not struck out, by network: the ports that have taps, none for a bridge alone. */
    Map<NetworkId, Set<PortId>> made();

    /** Puts a tap that is in no bridge back on its own; false when there is no tap, which its guest could not use any more. */
    boolean restoreTap(Segment segment, PortId port);

    /** What of a segment's bridge and uplink is not as {@link #ensure} left it, in a sentence; empty when all is. */
    Optional<String> deviation(Segment segment);

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
        /** IFNAMSIZ of linux/if.h, less the terminating zero. */
        private static final int LONGEST_NAME = 15;

        /** What the name of a VLAN device begins with whose natural name would be too long. */
        public static final String MADE_UP = "sv";

        /** Name of the bridge: {@code brq} and the first eleven characters of the network's id, as operators know it. */
        public String bridgeName() {
            return bridgeName(network);
        }

        /** Name of the bridge of that network. */
        public static String bridgeName(NetworkId network) {
            return "brq" + network.toString().substring(0, 11);
        }

        /** Name of the device by which the bridge reaches the wire: a VLAN device, or the NIC itself for an untagged network. */
        public String uplinkDevice() {
            if (vlan == 0) {
                return uplink;
            }
            String name = uplink + "." + vlan;
            return name.length() <= LONGEST_NAME ? name : (MADE_UP + "%08x.%d").formatted(uplink.hashCode(), vlan);
        }

        /** Name of the port's tap: {@code tap} and the first eleven characters of the port's id. */
        public static String tapName(PortId port) {
            return "tap" + port.toString().substring(0, 11);
        }
    }
}
