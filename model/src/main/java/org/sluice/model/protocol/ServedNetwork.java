package org.sluice.model.protocol;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.util.List;
import org.sluice.model.NetworkId;

/**
 * A network on which a host answers DHCP and metadata now.
 *
 * @param network the network
 * @param addresses the addresses that it answers from, without prefix lengths
 */
public record ServedNetwork(NetworkId network, List<String> addresses) {
    public ServedNetwork {
        requireNonNull(network, "network is null");
        requireNonNull(addresses, "addresses is null");
        for (String address : addresses) {
            InetAddress _ = InetAddress.ofLiteral(requireNonNull(address, "addresses has a null in it"));
        }
        addresses = List.copyOf(addresses);
    }
}
