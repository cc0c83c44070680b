package org.sluice.cli.traffic;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.net.VlanProtocol;
import org.sluice.traffic.engine.Mode;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.frame.FrameSpec;
import org.sluice.traffic.frame.VlanTag;
import org.sluice.traffic.path.PathRequest;
import picocli.CommandLine.Option;

/** The options that say which path is measured and what its frames look like. */
final class PathOptions {
    private static final int LAST_DSCP = 63;
    private static final Pattern FOUR_NUMBERS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

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
            description = "mmsg: packet sockets, on every interface; xdp: AF_XDP; default ${DEFAULT-VALUE}.")
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
            paramLabel = "ID",
            split = ",",
            description = "VLAN tag of the frames; two for QinQ, the outer (802.1ad) first.")
    private @Nullable List<Integer> vlans;

    @Option(
            names = "--flows",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "How many flows (source ports and addresses) each stream is made of; default ${DEFAULT-VALUE}.")
    private int flows;

    @Option(
            names = "--dscp",
            paramLabel = "N",
            defaultValue = "0",
            description = "DSCP of the frames; default ${DEFAULT-VALUE}.")
    private int dscp;

    /** Whether frames are IPv6: asked for, or shown by an address. */
    boolean isIpv6() {
        return ipv6 || (source != null && source.contains(":"));
    }

    Mode mode() {
        return BadOption.named("--mode", () -> Mode.parse(mode));
    }

    /**
     * The request.
     *
     * @throws IllegalArgumentException when an option's value cannot be
     */
    PathRequest request() {
        if (ipv6 && source != null && !source.contains(":")) {
            throw new IllegalArgumentException(
                    "--source " + source + " is an address of IPv4: leave --ipv6 out, or use one of IPv6.");
        }
        InetAddress from = address("--source", source, isIpv6() ? "2001:2::1" : "198.18.0.1");
        InetAddress to = address("--destination", destination, isIpv6() ? "2001:2:0:1::1" : "198.19.0.1");
        List<VlanTag> tags = BadOption.named("--vlan", this::tags);
        requireRange("--flows", flows, 1, FrameSpec.MAXIMUM_FLOWS);
        requireRange("--dscp", dscp, 0, LAST_DSCP);
        return new PathRequest(
                ports("--tx", transmit),
                ports("--rx", receive),
                twoWay,
                from,
                to,
                optional("--gateway", gateway),
                optional("--return-gateway", returnGateway),
                Optional.ofNullable(destinationMac).map(text -> BadOption.named("--dst-mac", () -> destination(text))),
                tags,
                flows,
                dscp);
    }

    private static List<PortName> ports(String option, List<String> names) {
        return BadOption.named(option, () -> names.stream().map(PortName::parse).toList());
    }

    private static MacAddress destination(String text) {
        MacAddress mac = MacAddress.parse(text);
        if (mac.isZero()) {
            throw new IllegalArgumentException("The address is zero: use the receiver's or the router's.");
        }
        return mac;
    }

    private static void requireRange(String option, int value, int first, int last) {
        if (value < first || value > last) {
            throw new IllegalArgumentException(
                    option + " " + value + " is out of range: use " + first + " to " + last + ".");
        }
    }

    private List<VlanTag> tags() {
        List<Integer> ids = vlans == null ? List.of() : vlans;
        if (ids.size() > 2) {
            throw new IllegalArgumentException("A frame has at most two tags; " + ids.size() + " are given.");
        }
        List<VlanTag> tags = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            boolean outer = i == 0 && ids.size() == 2;
            tags.add(new VlanTag(outer ? VlanProtocol.DOT1AD : VlanProtocol.DOT1Q, ids.get(i), 0));
        }
        return tags;
    }

    private static Optional<InetAddress> optional(String option, @Nullable String text) {
        return text == null ? Optional.empty() : Optional.of(address(option, text, text));
    }

    private static InetAddress address(String option, @Nullable String text, String otherwise) {
        String address = text == null ? otherwise : text;
        try {
            // Java also takes addresses of three numbers, of which nobody means what it makes.
            if (address.contains(":") || FOUR_NUMBERS.matcher(address).matches()) {
                return InetAddress.ofLiteral(address);
            }
        } catch (IllegalArgumentException notOne) {
            throw noAddress(option, address, notOne);
        }
        throw noAddress(option, address, null);
    }

    private static IllegalArgumentException noAddress(String option, String text, @Nullable Exception cause) {
        return new IllegalArgumentException(
                option + " \"" + text + "\" is no IP address: write it in numbers, as in 198.18.0.1 or 2001:2::1.",
                cause);
    }
}
