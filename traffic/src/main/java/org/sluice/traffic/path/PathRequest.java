package org.sluice.traffic.path;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sluice.linux.net.MacAddress;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.frame.FrameSpec;
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
 * @param destinationMac where frames of the first way are sent to instead of the receiver or the gateway
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
    private static final int LAST_HOST = 0xFE;
    private static final MacAddress ANY = MacAddress.parse("02:00:00:00:00:01");

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
        requireOnce("--tx", transmit);
        requireOnce("--rx", receive);
        if (twoWay) {
            transmit.stream().filter(receive::contains).findFirst().ifPresent(port -> {
                throw new IllegalArgumentException("--tx and --rx both name " + port
                        + ": with --two-way every interface sends and receives anyway, so name it once.");
            });
        }
        requireFamily("--destination", Optional.of(destination), source);
        requireFamily("--gateway", gateway, source);
        requireFamily("--return-gateway", returnGateway, source);
        if (returnGateway.isPresent() && (!twoWay || gateway.isEmpty())) {
            throw new IllegalArgumentException(
                    "--return-gateway is for two ways through a router: give --two-way and --gateway too.");
        }
        if (twoWay && gateway.isPresent() && returnGateway.isEmpty()) {
            throw new IllegalArgumentException(
                    "Two ways through a router need --return-gateway, the router's address on the receiver's side.");
        }
        // Whatever frames cannot have shows here, before hardware addresses are known.
        for (int i = 0; i < transmit.size(); i++) {
            FrameSpec _ = frames(ANY, ANY, plus(source, i), plus(destination, i), tags, flows, dscp);
            if (twoWay) {
                FrameSpec _ = frames(ANY, ANY, plus(destination, i), plus(source, i), tags, flows, dscp);
            }
        }
    }

    /** The address of a sender, numbered from 0. */
    InetAddress source(int number) {
        return plus(source, number);
    }

    /** The address of a receiver, numbered from 0. */
    InetAddress destination(int number) {
        return plus(destination, number);
    }

    /** Frames as they were asked for, between these addresses. */
    FrameSpec frames(MacAddress own, MacAddress to, InetAddress from, InetAddress until) {
        return frames(own, to, from, until, tags, flows, dscp);
    }

    private static FrameSpec frames(
            MacAddress own,
            MacAddress to,
            InetAddress from,
            InetAddress until,
            List<VlanTag> tags,
            int flows,
            int dscp) {
        return FrameSpec.of(own, to, from, until)
                .withTags(tags)
                .withFlows(flows)
                .withDscp(dscp);
    }

    private static void requireOnce(String option, List<PortName> ports) {
        Set<PortName> seen = new HashSet<>();
        for (PortName port : ports) {
            if (!seen.add(port)) {
                throw new IllegalArgumentException(option + " names " + port
                        + " twice: name every interface once, and use --flows for more flows.");
            }
        }
    }

    private static void requireFamily(String option, Optional<InetAddress> address, InetAddress source) {
        address.filter(other -> other.getClass() != source.getClass()).ifPresent(other -> {
            throw new IllegalArgumentException(
                    option + " " + other.getHostAddress() + " and the sender's address " + source.getHostAddress()
                            + " are of different families: use two of IPv4, or two of IPv6 with --ipv6.");
        });
    }

    private static InetAddress plus(InetAddress address, int number) {
        byte[] bytes = address.getAddress();
        int last = (bytes[bytes.length - 1] & 0xFF) + number;
        if (last > LAST_HOST) {
            throw new IllegalArgumentException("The address " + address.getHostAddress() + " leaves no room for "
                    + (number + 1) + " interfaces: use a smaller one.");
        }
        bytes[bytes.length - 1] = (byte) last;
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new AssertionError("An address of the length of another is one.", impossible);
        }
    }
}
