package org.sluice.traffic.check;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.IpPrefix;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.MacAddress;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.frame.FrameSpec;

/**
 * Two routers, each with a wire to a port of the tester of its own and both on one bridge with the port that receives, as virtual
 * machines with a virtual function each. They know no neighbour. Gone when closed.
 */
final class TwoRouters implements AutoCloseable {
    private static final List<MacAddress> SENDERS =
            List.of(MacAddress.parse("02:00:00:00:00:01"), MacAddress.parse("02:00:00:00:00:02"));
    private static final List<MacAddress> ROUTERS =
            List.of(MacAddress.parse("02:00:00:00:01:0a"), MacAddress.parse("02:00:00:00:02:0a"));

    private final String name = "sluice-" + UUID.randomUUID().toString().substring(0, 8);
    private final Map<String, NetworkNamespace> namespaces = new LinkedHashMap<>();
    private final PortName receive = new PortName("rx", Optional.of(name + "-far"));

    /** Skips the test when it may not make namespaces. */
    TwoRouters() {
        assumeTrue("root".equals(System.getProperty("user.name")), "Making network namespaces needs root.");
        try {
            for (String role : List.of("near", "r0", "r1", "switch", "far")) {
                namespaces.put(role, NetworkNamespace.create(name + "-" + role));
                Middle.set(in(role), "net/ipv6/conf/default/disable_ipv6", "1");
            }
            try (Links bridge = Links.in(in("switch"))) {
                bridge.createBridge("bridge", false, Duration.ofMinutes(5));
                bridge.setUp("bridge");
                plug(bridge, "rx", "far");
                for (int router = 0; router < ROUTERS.size(); router++) {
                    String role = "r" + router;
                    plug(bridge, role, role);
                    route(router, role);
                }
            }
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    /** Joins a device of that name in the namespace to the bridge. */
    private void plug(Links bridge, String device, String role) {
        String port = "to-" + device;
        bridge.createVeth(port, device, in(role));
        bridge.setMaster(port, "bridge");
        bridge.setUp(port);
        try (Links links = Links.in(in(role))) {
            links.setUp(device);
        }
    }

    private void route(int number, String outside) {
        NetworkNamespace router = in(outside);
        String transmit = "tx" + number;
        try (Links links = Links.in(router);
                Links near = Links.in(in("near"))) {
            links.createVeth("in", transmit, in("near"));
            links.setMac("in", ROUTERS.get(number));
            near.setMac(transmit, SENDERS.get(number));
            near.setUp(transmit);
            links.setUp("in");
            links.addresses().add("in", IpPrefix.parse("198.18." + number + ".254/24"));
            links.addresses().add(outside, IpPrefix.parse("198.19.0." + (250 + number) + "/24"));
        }
        // A router that must wait for an answer keeps the frames meanwhile: as many as a slow machine may make of them.
        Middle.set(router, "net/ipv4/neigh/" + outside + "/unres_qlen_bytes", "16000000");
        Middle.set(router, "net/ipv4/ip_forward", "1");
    }

    private NetworkNamespace in(String role) {
        return requireNonNull(namespaces.get(role), "no such namespace");
    }

    /** From the router's own port to a destination behind it, which is the receiving port's. */
    Stream through(int router, String destination) {
        FrameSpec spec = FrameSpec.of(
                SENDERS.get(router),
                ROUTERS.get(router),
                InetAddress.ofLiteral("198.18." + router + ".1"),
                InetAddress.ofLiteral(destination));
        PortName transmit = new PortName("tx" + router, Optional.of(name + "-near"));
        return new Stream(transmit, receive, spec, Stream.Device.ROUTER);
    }

    @Override
    public void close() {
        namespaces.forEach((role, namespace) -> {
            namespace.close();
            NetworkNamespace.delete(name + "-" + role);
        });
    }
}
