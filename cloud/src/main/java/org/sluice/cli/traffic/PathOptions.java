package org.sluice.cli.traffic;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.net.VlanProtocol;
import org.sluice.traffic.engine.Mode;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.frame.VlanTag;
import org.sluice.traffic.path.PathRequest;
import picocli.CommandLine.Option;

/** The options that say which path is measured and what its frames look like. */
final class PathOptions {
    @Option(
            names = "--tx",
            required = true,
            split = ",",
            paramLabel = "IF[@NETNS]",
            description = "Where frames are sent; several with commas.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private List<String> transmit;

    @Option(
            names = "--rx",
            required = true,
            split = ",",
            paramLabel = "IF[@NETNS]",
            description = "Where they should arrive, one for each --tx.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private List<String> receive;

    @Option(names = "--two-way", description = "Send the other way at the same time, too.")
    private boolean twoWay;

    @Option(
            names = "--mode",
            paramLabel = "mmsg|xdp",
            defaultValue = "mmsg",
            description = "mmsg: packet sockets, on every interface; xdp: AF_XDP; ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String mode;

    @Option(names = "--ipv6", description = "IPv6 instead of IPv4.")
    private boolean ipv6;

    @Option(
            names = "--source",
            paramLabel = "ADDRESS",
            description = "Address of the sender; 198.18.0.1 or 2001:2::1 (RFC 2544, RFC 5180). Further ones count up.")
    private @Nullable String source;

    @Option(
            names = "--destination",
            paramLabel = "ADDRESS",
            description = "Address of the receiver; 198.19.0.1 or 2001:2:0:1::1. Further ones count up.")
    private @Nullable String destination;

    @Option(
            names = "--gateway",
            paramLabel = "ADDRESS",
            description =
                    "The router that is measured: its address on the sender's side. Without it the path is a bridge.")
    private @Nullable String gateway;

    @Option(
            names = "--return-gateway",
            paramLabel = "ADDRESS",
            description = "The router's address on the receiver's side, for --two-way.")
    private @Nullable String returnGateway;

    @Option(
            names = "--dst-mac",
            paramLabel = "MAC",
            description = "Hardware address to send to, instead of the receiver's or the gateway's.")
    private @Nullable String destinationMac;

    @Option(
            names = "--vlan",
            paramLabel = "ID[,ID]",
            split = ",",
            description = "VLAN tag of the frames; two for QinQ, the outer (802.1ad) first.")
    private @Nullable List<Integer> vlans;

    @Option(
            names = "--flows",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many flows (source ports and addresses) each stream is made of; ${DEFAULT-VALUE}.")
    private int flows;

    @Option(
            names = "--dscp",
            paramLabel = "N",
            defaultValue = "0",
            description = "DSCP of the frames; ${DEFAULT-VALUE}.")
    private int dscp;

    boolean isIpv6() {
        return ipv6;
    }

    Mode mode() {
        return Mode.parse(mode);
    }

    /**
     * The request.
     *
     * @throws IllegalArgumentException when an option's value cannot be
     */
    PathRequest request() {
        return new PathRequest(
                transmit.stream().map(PortName::parse).toList(),
                receive.stream().map(PortName::parse).toList(),
                twoWay,
                address("--source", source, ipv6 ? "2001:2::1" : "198.18.0.1"),
                address("--destination", destination, ipv6 ? "2001:2:0:1::1" : "198.19.0.1"),
                optional("--gateway", gateway),
                optional("--return-gateway", returnGateway),
                Optional.ofNullable(destinationMac).map(MacAddress::parse),
                tags(),
                flows,
                dscp);
    }

    private List<VlanTag> tags() {
        List<VlanTag> tags = new ArrayList<>();
        if (vlans != null) {
            for (int i = 0; i < vlans.size(); i++) {
                boolean outer = i == 0 && vlans.size() == 2;
                tags.add(new VlanTag(outer ? VlanProtocol.DOT1AD : VlanProtocol.DOT1Q, vlans.get(i), 0));
            }
        }
        return tags;
    }

    private static Optional<InetAddress> optional(String option, @Nullable String text) {
        return text == null ? Optional.empty() : Optional.of(address(option, text, text));
    }

    private static InetAddress address(String option, @Nullable String text, String otherwise) {
        String address = text == null ? otherwise : text;
        if (!address.matches("[0-9a-fA-F.:]+")) {
            throw new IllegalArgumentException(
                    option + " \"" + address + "\" is no IP address: write it in numbers, as in 198.18.0.1.");
        }
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException notOne) {
            throw new IllegalArgumentException(
                    option + " \"" + address + "\" is no IP address: write it in numbers, as in 198.18.0.1.", notOne);
        }
    }
}
