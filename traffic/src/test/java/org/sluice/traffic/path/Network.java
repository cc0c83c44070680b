package org.sluice.traffic.path;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.IpPrefix;
import org.sluice.linux.net.Links;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.frame.VlanTag;

/**
 * A tester's two interfaces, tx and rx in namespaces of their own, each wired to a device between them, which a test makes of in and out.
 * Gone when closed.
 */
final class Network implements AutoCloseable {
    private final String near = "sluice-" + UUID.randomUUID().toString().substring(0, 8);
    private final String far = near + "-far";
    private final NetworkNamespace device;
    final PortName tx = new PortName("tx", Optional.of(near));
    final PortName rx = new PortName("rx", Optional.of(far));

    /** Skips the test when it may not make namespaces. */
    Network() {
        assumeTrue("root".equals(System.getProperty("user.name")), "Making network namespaces needs root.");
        device = NetworkNamespace.createNameless();
        try {
            write("ipv6/conf/default/accept_dad", "0");
            wire(near, "tx", "in");
            wire(far, "rx", "out");
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    private void wire(String namespace, String outer, String inner) {
        try (NetworkNamespace tester = NetworkNamespace.create(namespace);
                Links there = Links.in(tester);
                Links here = Links.in(device)) {
            here.createVeth(inner, outer, tester);
            here.setUp(inner);
            there.setUp(outer);
        }
    }

    Links inNear() {
        return Links.in(near);
    }

    Links inDevice() {
        return Links.in(device);
    }

    /** A bridge from in to out. */
    void bridge() {
        try (Links links = inDevice()) {
            bridge(links, "br", "in", "out");
        }
    }

    /** Two bridges with two wires between them; not so fast that the machine has nothing else to do. */
    void loop() {
        try (Links links = inDevice()) {
            links.createVeth("x1", "x2");
            links.createVeth("y1", "y2");
            for (String end : List.of("x1", "x2", "y1", "y2")) {
                links.setUp(end);
            }
            tc("qdisc", "add", "dev", "x1", "root", "tbf", "rate", "4mbit", "burst", "3000", "limit", "6000");
            tc("qdisc", "add", "dev", "x2", "root", "tbf", "rate", "4mbit", "burst", "3000", "limit", "6000");
            bridge(links, "br1", "in", "x1", "y1");
            bridge(links, "br2", "out", "x2", "y2");
        }
    }

    /** Sends a copy of all that comes in at "in" back there. */
    void mirror() {
        tc("qdisc", "add", "dev", "in", "ingress");
        tc(
                "filter",
                "add",
                "dev",
                "in",
                "parent",
                "ffff:",
                "protocol",
                "all",
                "u32",
                "match",
                "u32",
                "0",
                "0",
                "action",
                "mirred",
                "egress",
                "mirror",
                "dev",
                "in");
    }

    private static void bridge(Links links, String name, String... ports) {
        links.createBridge(name, false, Duration.ofMinutes(5));
        links.setUp(name);
        for (String port : ports) {
            links.setMaster(port, name);
        }
    }

    /** A router with these addresses at in and out. */
    void router(String in, String out) {
        try (Links links = inDevice()) {
            links.addresses().add("in", IpPrefix.parse(in));
            links.addresses().add("out", IpPrefix.parse(out));
        }
        write("ipv4/ip_forward", "1");
        write("ipv6/conf/all/forwarding", "1");
    }

    private void write(String setting, String value) {
        device.call(() -> {
            try {
                return Files.writeString(Path.of("/proc/sys/net", setting), value);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        });
    }

    private void tc(String... words) {
        device.call(() -> {
            try {
                List<String> command = new ArrayList<>(List.of("tc"));
                command.addAll(List.of(words));
                Process process =
                        new ProcessBuilder(command).redirectErrorStream(true).start();
                String said = new String(process.getInputStream().readAllBytes(), UTF_8);
                assumeTrue(process.waitFor() == 0, () -> "This kernel or machine has no " + command + ": " + said);
                return said;
            } catch (IOException failure) {
                assumeTrue(false, "This machine has no tc: " + failure.getMessage());
                return "";
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        });
    }

    /** One stream from tx to rx. */
    Request request() {
        return new Request(false, "198.18.0.1", "198.19.0.1", Optional.empty(), Optional.empty(), List.of());
    }

    /** A request under construction. */
    record Request(
            boolean twoWay,
            String source,
            String destination,
            Optional<String> gateway,
            Optional<String> returnGateway,
            List<VlanTag> tags) {
        Request bothWays() {
            return new Request(true, source, destination, gateway, returnGateway, tags);
        }

        Request between(String from, String to) {
            return new Request(twoWay, from, to, gateway, returnGateway, tags);
        }

        Request through(String router) {
            return new Request(twoWay, source, destination, Optional.of(router), returnGateway, tags);
        }

        Request backThrough(String router) {
            return new Request(twoWay, source, destination, gateway, Optional.of(router), tags);
        }

        Request tagged(VlanTag... vlans) {
            return new Request(twoWay, source, destination, gateway, returnGateway, List.of(vlans));
        }

        PathRequest over(List<PortName> transmit, List<PortName> receive) {
            return new PathRequest(
                    transmit,
                    receive,
                    twoWay,
                    address(source),
                    address(destination),
                    gateway.map(Network::address),
                    returnGateway.map(Network::address),
                    Optional.empty(),
                    tags,
                    1,
                    0);
        }
    }

    PathRequest of(Request request) {
        return request.over(List.of(tx), List.of(rx));
    }

    static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Override
    public void close() {
        NetworkNamespace.delete(near);
        NetworkNamespace.delete(far);
        device.close();
    }
}
