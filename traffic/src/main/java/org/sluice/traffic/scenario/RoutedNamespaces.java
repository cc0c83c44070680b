package org.sluice.traffic.scenario;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sluice.linux.kernel.SystemCallException;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.IpPrefix;
import org.sluice.linux.packet.PacketSender;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.frame.NeighbourQuery;
import org.sluice.traffic.frame.NeighbourResponder;

/**
 * A namespace that routes between the namespaces of the two ends. It knows all hardware addresses from the start, so that nothing is ever
 * asked for.
 */
final class RoutedNamespaces {
    private static final String SENDER = "tx";
    private static final String ROUTER = "router";
    private static final String RECEIVER = "rx";
    private static final String IN = "in";
    private static final String OUT = "out";
    private static final Networks NETWORKS = new Networks(0);
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
        Site site = Site.reserve(state, new Site.Plan(roles, List.of(), List.of()), new SecureRandom());
        MadeNamespaces made = site.namespaces();
        return site.build(
                steps(made, roles),
                listener,
                () -> new SitePath(site, List.of(stream(made)), description, false, devices(made), notes));
    }

    private List<Step> steps(MadeNamespaces made, List<String> roles) {
        List<Step> steps = new ArrayList<>();
        for (String role : roles) {
            steps.add(new Step("make the namespace " + role, () -> made.make(role)));
        }
        steps.add(new Step("join the sender", () -> joint.join(made, SENDER, SENDER, ROUTER, IN)));
        steps.add(new Step("join the receiver", () -> joint.join(made, RECEIVER, RECEIVER, ROUTER, OUT)));
        steps.add(new Step("give the router its addresses", () -> {
            made.links(ROUTER).addresses().add(IN, NETWORKS.in());
            made.links(ROUTER).addresses().add(OUT, NETWORKS.out());
        }));
        steps.add(new Step("tell the router its neighbours", () -> {
            made.links(ROUTER).neighbours().replacePermanent(NETWORKS.sender(), made.mac(SENDER, SENDER), IN);
            made.links(ROUTER).neighbours().replacePermanent(NETWORKS.receiver(), made.mac(RECEIVER, RECEIVER), OUT);
        }));
        steps.add(new Step("say where the router is", () -> {
            announce(made, IN, NETWORKS.in());
            announce(made, OUT, NETWORKS.out());
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
            NeighbourQuery query = NeighbourQuery.of(made.mac(ROUTER, device), address.address(), List.of());
            sender.setLength(0, query.announcement(sender.frames(), 0));
            int _ = sender.send(0, 1);
        }
    }

    private static Stream stream(MadeNamespaces made) {
        return NETWORKS.stream(end(made, SENDER), end(made, RECEIVER), made.mac(ROUTER, IN));
    }

    private static Networks.End end(MadeNamespaces made, String role) {
        return new Networks.End(made.port(role, role), made.mac(role, role));
    }

    private List<PortName> devices(MadeNamespaces made) {
        List<PortName> devices = new ArrayList<>(joint.ports(made, SENDER));
        devices.add(made.port(ROUTER, IN));
        devices.add(made.port(ROUTER, OUT));
        devices.addAll(joint.ports(made, RECEIVER).reversed());
        return devices;
    }
}
