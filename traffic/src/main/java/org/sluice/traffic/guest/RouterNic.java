package org.sluice.traffic.guest;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.util.List;
import org.sluice.linux.net.IpPrefix;
import org.sluice.linux.net.MacAddress;

/**
 * What a router does with one of its network cards.
 *
 * @param mac the card's address, by which the guest finds it
 * @param addresses the router's own in the networks on it
 * @param neighbours hosts in these networks
 */
public record RouterNic(MacAddress mac, List<IpPrefix> addresses, List<Neighbour> neighbours) {
    /** A host whose MAC address need not be asked for. */
    public record Neighbour(InetAddress address, MacAddress mac) {
        /** Checks for null. */
        public Neighbour {
            requireNonNull(address, "address is null");
            requireNonNull(mac, "mac is null");
        }
    }

    /** Checks for null and copies. */
    public RouterNic {
        requireNonNull(mac, "mac is null");
        addresses = List.copyOf(addresses);
        neighbours = List.copyOf(neighbours);
    }
}
