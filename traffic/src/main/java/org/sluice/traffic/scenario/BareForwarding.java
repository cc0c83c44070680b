package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import org.sluice.traffic.engine.PortName;

/** The kernel's own forwarding: a namespace as router between two veth pairs. */
final class BareForwarding implements Pattern {
    private final Ground ground;
    private final String name;
    private final String title;

    BareForwarding(Ground ground, String name, String title) {
        this.ground = requireNonNull(ground, "ground is null");
        this.name = requireNonNull(name, "name is null");
        this.title = requireNonNull(title, "title is null");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public Optional<String> unavailable() {
        return Requirements.namespaces();
    }

    @Override
    public BuiltPath build() throws InterruptedException {
        return Site.build(ground, BareForwarding::lay);
    }

    private static BuiltPath lay(Site site) {
        PortName transmit = new PortName("tx", Optional.of(site.namespace("tx")));
        String namespace = site.namespace("router");
        PortName receive = new PortName("rx", Optional.of(site.namespace("rx")));
        NamespaceRouter router = new NamespaceRouter(namespace);
        PortName left = router.port("left");
        PortName right = router.port("right");
        site.veth(left, transmit, Network.JUMBO);
        site.veth(right, receive, Network.JUMBO);
        Network network = new Network(0);
        Network.End from = Network.End.of(transmit);
        Network.End to = Network.End.of(receive);
        router.route(network, left.device(), from.mac(), right.device(), to.mac());
        return new StandingPath(
                site,
                List.of(network.forward(from, to, Site.mac(left), List.of())),
                List.of(network.backward(from, to, Site.mac(right), List.of())),
                "The kernel of this machine forwards from one veth pair to another, in a network namespace as router.",
                false,
                List.of(left, right),
                Network.JUMBO,
                List.of(
                        "veth pairs stand in for network cards: the figures are those of the kernel's forwarding, without a card and"
                                + " its interrupts."));
    }
}
