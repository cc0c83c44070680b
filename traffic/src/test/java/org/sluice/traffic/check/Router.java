package org.sluice.traffic.check;

import java.net.InetAddress;
import java.util.List;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.IpPrefix;
import org.sluice.linux.net.Links;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.frame.FrameSpec;

/** Makes the namespace in the middle a router for IPv4 and IPv6 between the tester's two ports. */
final class Router {
    private static final String NEAR = "198.18.0.1";
    private static final String FAR = "198.18.1.1";
    private static final String NEAR_IPV6 = "2001:2::1";
    private static final String FAR_IPV6 = "2001:2:0:1::1";

    private final Middle middle;

    /** Gives it addresses and lets it forward; neighbours are still unknown. */
    Router(Middle middle) {
        this.middle = middle;
        for (String device : List.of(Middle.IN, Middle.OUT)) {
            // A router that must wait for an answer keeps the frames meanwhile: as many as a slow machine may make of
            // them.
            middle.set("net/ipv4/neigh/" + device + "/unres_qlen_bytes", "16000000");
            middle.set("net/ipv6/neigh/" + device + "/unres_qlen_bytes", "16000000");
            middle.set("net/ipv6/conf/" + device + "/accept_dad", "0");
            middle.set("net/ipv6/conf/" + device + "/router_solicitations", "0");
            middle.set("net/ipv6/conf/" + device + "/disable_ipv6", "0");
        }
        try (NetworkNamespace namespace = middle.open();
                Links links = Links.in(namespace)) {
            links.addresses().add(Middle.IN, IpPrefix.parse("198.18.0.254/24"));
            links.addresses().add(Middle.OUT, IpPrefix.parse("198.18.1.254/24"));
            links.addresses().add(Middle.IN, IpPrefix.parse("2001:2::fe/64"));
            links.addresses().add(Middle.OUT, IpPrefix.parse("2001:2:0:1::fe/64"));
        }
        middle.set("net/ipv4/ip_forward", "1");
        middle.set("net/ipv6/conf/all/forwarding", "1");
    }

    /** Tells it the tester's MAC addresses: {@code ip neigh}. */
    void knowNeighbours() throws InterruptedException {
        know(NEAR, Middle.TRANSMIT_MAC.toString(), Middle.IN);
        know(NEAR_IPV6, Middle.TRANSMIT_MAC.toString(), Middle.IN);
        know(FAR, Middle.RECEIVE_MAC.toString(), Middle.OUT);
        know(FAR_IPV6, Middle.RECEIVE_MAC.toString(), Middle.OUT);
    }

    private void know(String address, String mac, String device) throws InterruptedException {
        List<String> _ = Program.run(
                middle.name(),
                List.of("ip", "neigh", "replace", address, "lladdr", mac, "dev", device, "nud", "permanent"));
    }

    /** Through the router over IPv4. */
    Stream ipv4() {
        return stream(NEAR, FAR);
    }

    /** Through the router over IPv6. */
    Stream ipv6() {
        return stream(NEAR_IPV6, FAR_IPV6);
    }

    private Stream stream(String source, String destination) {
        FrameSpec spec = FrameSpec.of(
                Middle.TRANSMIT_MAC, Middle.IN_MAC, InetAddress.ofLiteral(source), InetAddress.ofLiteral(destination));
        return new Stream(middle.transmit, middle.receive, spec, Stream.Device.ROUTER);
    }

    /** The same kind of frames the other way. */
    Stream opposite(Stream there) {
        FrameSpec spec = FrameSpec.of(
                Middle.RECEIVE_MAC,
                Middle.OUT_MAC,
                there.frames().destination(),
                there.frames().source());
        return new Stream(middle.receive, middle.transmit, spec, Stream.Device.ROUTER);
    }
}
