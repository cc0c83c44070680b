package org.sluice.traffic.path;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.sluice.linux.net.MacAddress;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.frame.VlanTag;

/**
 * What a person says of the path to be measured.
 *
 * @param transmit where frames are sent, one or more interfaces
 * @param receive where each of them should arrive, as many
 * @param twoWay whether frames also go the other way at the same time
 * @param source address of the first sender; the next ones count up
 * @param destination address of the first receiver, of the same family
 * @param gateway the router that the frames are handed to; absent for a path that changes no addresses
 * @param returnGateway the router on the receivers' side, needed for two ways through a router
 * @param destinationMac where frames are sent to instead of the receiver or the gateway
 * @param tags VLAN tags, outer first, 0 to 2
 * @param flows how many flows each stream is made of
 * @param dscp code point
 */
public record PathRequest(
        List<PortName> transmit,
        List<PortName> receive,
        boolean twoWay,
        InetAddress source,
        InetAddress destination,
        Optional<InetAddress> gateway,
        Optional<InetAddress> returnGateway,
        Optional<MacAddress> destinationMac,
        List<VlanTag> tags,
        int flows,
        int dscp) {
    /** Checks what can be checked without looking at the machine. */
    public PathRequest {
        transmit = List.copyOf(transmit);
        receive = List.copyOf(receive);
        requireNonNull(source, "source is null");
        requireNonNull(destination, "destination is null");
        requireNonNull(gateway, "gateway is null");
        requireNonNull(returnGateway, "returnGateway is null");
        requireNonNull(destinationMac, "destinationMac is null");
        tags = List.copyOf(tags);
        if (transmit.isEmpty() || transmit.size() != receive.size()) {
            throw new IllegalArgumentException("--tx names " + transmit.size() + " and --rx " + receive.size()
                    + " interfaces: name as many of each, at least one.");
        }
        for (int i = 0; i < transmit.size(); i++) {
            if (transmit.get(i).equals(receive.get(i))) {
                throw new IllegalArgumentException("--tx and --rx both name " + transmit.get(i)
                        + ": frames must arrive at another interface than they were sent on.");
            }
        }
        if (twoWay && gateway.isPresent() && returnGateway.isEmpty()) {
            throw new IllegalArgumentException(
                    "Two ways through a router need --return-gateway, the router's address on the receiver's side.");
        }
    }
}
