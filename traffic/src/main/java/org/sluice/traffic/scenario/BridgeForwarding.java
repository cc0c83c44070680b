package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.sluice.linux.net.MacAddress;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.machine.MachineSpec;
import org.sluice.traffic.machine.RouterNic;

/** Two Linux bridges with a router between them: a virtual machine on taps, or a namespace in its place. */
final class BridgeForwarding implements Pattern {
    /** What routes between the bridges. */
    enum Guest {
        /** A virtual machine with two virtio cards on taps. */
        MACHINE,
        /** A namespace behind veth pairs, where no virtual machine can be run. */
        NAMESPACE
    }

    private final Ground ground;
    private final Guest guest;

    BridgeForwarding(Ground ground, Guest guest) {
        this.ground = requireNonNull(ground, "ground is null");
        this.guest = requireNonNull(guest, "guest is null");
    }

    @Override
    public String name() {
        return switch (guest) {
            case MACHINE -> "bridge-tap-vm";
            case NAMESPACE -> "bridge-namespace";
        };
    }

    @Override
    public String title() {
        return switch (guest) {
            case MACHINE -> "Linux bridge, tap and a VM";
            case NAMESPACE -> "Linux bridge and a namespace (stand-in, no VM)";
        };
    }

    @Override
    public Optional<String> unavailable() {
        return switch (guest) {
            case MACHINE -> Requirements.machines(ground.options()).or(Requirements::taps);
            case NAMESPACE -> Requirements.namespaces();
        };
    }

    @Override
    public BuiltPath build() throws InterruptedException {
        return Site.build(ground, site -> switch (guest) {
            case MACHINE -> new Layout(site, "tap-left", "tap-right").aroundMachine();
            case NAMESPACE -> new Layout(site, "veth-left", "veth-right").aroundNamespace();
        });
    }

    /** The bridges, and the tester on their outer sides. */
    private static final class Layout {
        private final Site site;
        private final Network network = new Network(0);
        private final Network.End from;
        private final Network.End to;
        private final PortName left;
        private final PortName right;
        private final String host;
        private final PortName leftWire;
        private final PortName rightWire;

        /** @param left name of the device towards the router, and so right */
        Layout(Site site, String left, String right) {
            this.site = site;
            PortName transmit = new PortName("tx", Optional.of(site.namespace("tx")));
            this.host = site.namespace("host");
            PortName receive = new PortName("rx", Optional.of(site.namespace("rx")));
            this.leftWire = at("wire-left");
            this.rightWire = at("wire-right");
            this.left = at(left);
            this.right = at(right);
            site.veth(leftWire, transmit, Network.JUMBO);
            site.veth(rightWire, receive, Network.JUMBO);
            this.from = Network.End.of(transmit);
            this.to = Network.End.of(receive);
        }

        private PortName at(String device) {
            return new PortName(device, Optional.of(host));
        }

        private void bridge() {
            site.bridge(at("bridge-left"), List.of(leftWire.device(), left.device()), Network.JUMBO);
            site.bridge(at("bridge-right"), List.of(rightWire.device(), right.device()), Network.JUMBO);
        }

        private List<PortName> devices() {
            return List.of(leftWire, at("bridge-left"), left, right, at("bridge-right"), rightWire);
        }

        BuiltPath aroundMachine() throws InterruptedException {
            site.tap(left, Network.JUMBO);
            site.tap(right, Network.JUMBO);
            bridge();
            MacAddress leftMac = Site.newMac();
            MacAddress rightMac = Site.newMac();
            String name = site.name() + "-vm";
            Path seed = site.seed(
                    name,
                    List.of(
                            new RouterNic(
                                    leftMac,
                                    List.of(network.left()),
                                    network.leftNeighbours(from.mac()),
                                    Network.JUMBO),
                            new RouterNic(
                                    rightMac,
                                    List.of(network.right()),
                                    network.rightNeighbours(to.mac()),
                                    Network.JUMBO)));
            Options options = site.ground().options();
            Machines.Running running = Machines.start(
                    site,
                    List.of(new MachineSpec(
                            name,
                            options.image().orElseThrow(),
                            seed,
                            options.memoryMib(),
                            1,
                            List.of(
                                    new MachineSpec.Nic.Tap(left.device(), Optional.of(host), leftMac),
                                    new MachineSpec.Nic.Tap(right.device(), Optional.of(host), rightMac)))));
            return path(
                    leftMac,
                    rightMac,
                    "A virtual machine routes between two virtio cards; each is joined by a tap and a Linux bridge to a veth pair of"
                            + " the tester.",
                    running.emulated(),
                    running.notes());
        }

        BuiltPath aroundNamespace() {
            NamespaceRouter router = new NamespaceRouter(site.namespace("guest"));
            PortName leftCard = router.port("left");
            PortName rightCard = router.port("right");
            site.veth(left, leftCard, Network.JUMBO);
            site.veth(right, rightCard, Network.JUMBO);
            bridge();
            router.route(network, leftCard.device(), from.mac(), rightCard.device(), to.mac());
            return path(
                    Site.mac(leftCard),
                    Site.mac(rightCard),
                    "A network namespace routes between two veth pairs, in place of a virtual machine and its taps; each is joined by a"
                            + " Linux bridge to a veth pair of the tester.",
                    false,
                    List.of(
                            "No virtual machine is part of this path: what taps, virtio and a guest's kernel cost does not show."));
        }

        private BuiltPath path(
                MacAddress leftMac, MacAddress rightMac, String description, boolean emulated, List<String> notes) {
            return new StandingPath(
                    site,
                    List.of(network.forward(from, to, leftMac, List.of())),
                    List.of(network.backward(from, to, rightMac, List.of())),
                    description,
                    emulated,
                    devices(),
                    Network.JUMBO,
                    notes);
        }
    }
}
