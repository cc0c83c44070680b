package org.sluice.traffic.scenario;

import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sluice.linux.kernel.SystemCallException;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.IpPrefix;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.packet.PacketSender;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.frame.FrameSpec;
import org.sluice.traffic.frame.NeighbourQuery;
import org.sluice.traffic.frame.NeighbourResponder;

/**
 * A namespace that routes between the namespaces of the two ends, on the networks of RFC 2544 (appendix C.2.2: 198.18.0.0/15). The
 * router knows all hardware addresses from the start, so that nothing is ever asked for.
 */
final class RoutedNamespaces {
    private static final String SENDER = "tx";
    private static final String ROUTER = "router";
    private static final String RECEIVER = "rx";
    private static final String IN = "in";
    private static final String OUT = "out";
    private static final InetAddress SENDER_ADDRESS = InetAddress.ofLiteral("198.18.0.1");
    private static final InetAddress RECEIVER_ADDRESS = InetAddress.ofLiteral("198.19.0.1");
    private static final IpPrefix IN_ADDRESS = IpPrefix.parse("198.18.0.254/24");
    private static final IpPrefix OUT_ADDRESS = IpPrefix.parse("198.19.0.254/24");
    private static final Path FORWARD = Path.of("/proc/sys/net/ipv4/ip_forward");

    private final Path state;
    private final Joint joint;
    private final Step.Listener listener;

    RoutedNamespaces(Path state, Joint joint, Step.Listener listener) {
        this.state = state;
        this.joint = joint;
        this.listener = listener;
    }

    /** Why this process may not make namespaces; empty when it may. */
    static Optional<String> unavailable() {
        try (NetworkNamespace _ = NetworkNamespace.createNameless()) {
            return Optional.empty();
        } catch (SystemCallException refusal) {
            return Optional.of("This process may not make network namespaces; run it as root, or with CAP_SYS_ADMIN and"
                    + " CAP_NET_ADMIN.");
        }
    }

    BuiltPath build(String description, List<String> notes) {
        listener.before("journal the names");
        List<String> roles = new ArrayList<>(List.of(SENDER, ROUTER, RECEIVER));
        roles.addAll(joint.furtherRoles());
        MadeNamespaces made = MadeNamespaces.reserve(state, roles, new SecureRandom());
        try {
            for (Step step : steps(made)) {
                listener.before(step.what());
                step.work().run();
            }
            listener.before("hand the path over");
            return new NamespacePath(made, List.of(stream(made)), description, devices(made), notes);
        } catch (RuntimeException | Error failure) {
            try {
                made.close();
            } catch (RuntimeException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    private List<Step> steps(MadeNamespaces made) {
        List<Step> steps = new ArrayList<>();
        for (String role : made.roles()) {
            steps.add(new Step("make the namespace " + role, () -> made.make(role)));
        }
        steps.add(new Step("join the sender", () -> joint.join(made, SENDER, SENDER, ROUTER, IN)));
        steps.add(new Step("join the receiver", () -> joint.join(made, RECEIVER, RECEIVER, ROUTER, OUT)));
        steps.add(new Step("give the router its addresses", () -> {
            made.links(ROUTER).addresses().add(IN, IN_ADDRESS);
            made.links(ROUTER).addresses().add(OUT, OUT_ADDRESS);
        }));
        steps.add(new Step("tell the router its neighbours", () -> {
            made.links(ROUTER).neighbours().replacePermanent(SENDER_ADDRESS, mac(made, SENDER, SENDER), IN);
            made.links(ROUTER).neighbours().replacePermanent(RECEIVER_ADDRESS, mac(made, RECEIVER, RECEIVER), OUT);
        }));
        steps.add(new Step("say where the router is", () -> {
            announce(made, IN, IN_ADDRESS);
            announce(made, OUT, OUT_ADDRESS);
        }));
        steps.add(new Step("let the router forward", () -> made.set(ROUTER, FORWARD, "1")));
        return steps;
    }

    /**
     * A learning frame (RFC 2544, section 23), as a machine sends one when it boots: the router itself would never send to the sender's
     * side, and a bridge floods what is for somebody that it has never heard.
     */
    private static void announce(MadeNamespaces made, String device, IpPrefix address) {
        try (PacketSender sender = PacketSender.open(
                made.in(ROUTER), device, 1, NeighbourResponder.LONGEST_REPLY, PacketSender.Queueing.BYPASSED)) {
            NeighbourQuery query = NeighbourQuery.of(mac(made, ROUTER, device), address.address(), List.of());
            sender.setLength(0, query.announcement(sender.frames(), 0));
            int _ = sender.send(0, 1);
        }
    }

    private static Stream stream(MadeNamespaces made) {
        return new Stream(
                port(made, SENDER, SENDER),
                port(made, RECEIVER, RECEIVER),
                FrameSpec.of(mac(made, SENDER, SENDER), mac(made, ROUTER, IN), SENDER_ADDRESS, RECEIVER_ADDRESS),
                Stream.Device.ROUTER);
    }

    private List<PortName> devices(MadeNamespaces made) {
        List<PortName> devices = new ArrayList<>();
        joint.ports(SENDER).forEach(device -> devices.add(port(made, Joint.HOST, device)));
        devices.add(port(made, ROUTER, IN));
        devices.add(port(made, ROUTER, OUT));
        joint.ports(RECEIVER).reversed().forEach(device -> devices.add(port(made, Joint.HOST, device)));
        return devices;
    }

    private static PortName port(MadeNamespaces made, String role, String device) {
        return new PortName(device, Optional.of(made.name(role)));
    }

    private static MacAddress mac(MadeNamespaces made, String role, String device) {
        return made.links(role).find(device).map(Link::mac).orElseThrow();
    }
}
