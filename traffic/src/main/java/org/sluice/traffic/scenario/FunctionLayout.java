package org.sluice.traffic.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.netlink.NetlinkException;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.frame.VlanTag;
import org.sluice.traffic.machine.MachineSpec;
import org.sluice.traffic.machine.RouterNic;

/** Hands VFs to virtual machines and to the tester, and tells every machine where the tester is. */
final class FunctionLayout {
    private static final Duration CARRIER_LIMIT = Duration.ofSeconds(20);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    private static final int TRIES = 20;

    private final Site site;
    private final List<UsableFunction> forMachines;
    private final List<UsableFunction> forTester;
    private final Options options;
    private final int mtu;

    FunctionLayout(Site site, List<UsableFunction> usable, int machines, int ends) {
        this.site = site;
        this.forMachines = usable.subList(0, machines);
        this.forTester = usable.subList(machines, machines + ends);
        this.options = site.ground().options();
        this.mtu = largestPacket();
    }

    private int largestPacket() {
        VfSettings settings = site.ground().functions().settings();
        int smallest = forMachines.stream()
                .mapToInt(function -> settings.mtu(function.pf()))
                .min()
                .orElseThrow();
        for (Optional<PortName> port : List.of(options.transmit(), options.receive())) {
            if (port.isPresent()) {
                smallest = Math.min(smallest, Site.link(port.orElseThrow()).mtu());
            }
        }
        return smallest;
    }

    BuiltPath lay(int wanted) throws InterruptedException {
        Network.End from = options.transmit().map(Network.End::of).orElseGet(() -> end("tx", forTester.getFirst()));
        Network.End to = options.receive().map(Network.End::of).orElseGet(() -> end("rx", forTester.getLast()));
        // The card tags and untags what VFs send and receive; on the wire frames carry the tag.
        List<VlanTag> tags =
                options.vlan() != 0 && forTester.isEmpty() ? List.of(VlanTag.of(options.vlan())) : List.of();
        List<MachineSpec> specs = new ArrayList<>();
        List<Stream> streams = new ArrayList<>();
        List<Stream> backwards = new ArrayList<>();
        for (int number = 0; number < forMachines.size(); number++) {
            MacAddress mac = Site.newMac();
            Network network = new Network(number);
            specs.add(machine(number, mac, network, from, to));
            streams.add(network.forward(from, to, mac, tags));
            backwards.add(network.backward(from, to, mac, tags));
        }
        Machines.Running running = Machines.start(site, specs);
        boolean emulatedCard = isEmulatedMachine();
        return new StandingPath(
                site,
                streams,
                backwards,
                description(),
                running.emulated() || emulatedCard,
                forMachines.stream()
                        .map(UsableFunction::pf)
                        .distinct()
                        .map(pf -> new PortName(pf, Optional.empty()))
                        .toList(),
                mtu,
                notes(wanted, running, emulatedCard));
    }

    private MachineSpec machine(int number, MacAddress mac, Network network, Network.End from, Network.End to) {
        String name = site.name() + "-vm" + number;
        UsableFunction function = forMachines.get(number);
        site.function(function, mac, () -> {
            site.ground().functions().giveToVfio(function.address());
            return mac;
        });
        List<RouterNic.Neighbour> neighbours = new ArrayList<>(network.leftNeighbours(from.mac()));
        neighbours.addAll(network.rightNeighbours(to.mac()));
        Path seed =
                site.seed(name, List.of(new RouterNic(mac, List.of(network.left(), network.right()), neighbours, mtu)));
        return new MachineSpec(
                name,
                options.image().orElseThrow(),
                seed,
                options.memoryMib(),
                1,
                List.of(new MachineSpec.Nic.Function(function.address())));
    }

    /** A VF with the host's driver in a namespace of its own, up and with carrier. */
    private Network.End end(String role, UsableFunction function) {
        String namespace = site.namespace(role);
        MacAddress mac = Site.newMac();
        String driver = site.ground()
                .hostDriver()
                .loadedFor(function)
                .orElseThrow(() -> new LinuxException(
                        "scenario.no-driver",
                        "The driver of the VF " + function.address() + " is not loaded.",
                        "Load it with modprobe, or give the tester other interfaces with --tx and --rx."));
        PortName port = new PortName(role, Optional.of(namespace));
        return site.function(function, mac, () -> {
            String device = site.ground().functions().giveToHost(function.address(), driver);
            move(function, device, port);
            try (Links links = Links.in(namespace)) {
                links.setMtu(role, mtu);
                links.setUp(role);
                awaitCarrier(links, port);
            }
            return new Network.End(port, mac);
        });
    }

    /** udev may rename a device right after it appeared. */
    private void move(UsableFunction function, String device, PortName port) {
        String name = device;
        String namespace = port.namespace().orElseThrow();
        try (NetworkNamespace open = NetworkNamespace.open(namespace);
                Links here = Links.open();
                Links there = Links.in(namespace)) {
            for (int attempt = 1; ; attempt++) {
                try {
                    here.moveTo(name, open);
                    there.rename(name, port.device());
                    return;
                } catch (NetlinkException refusal) {
                    if (refusal.errno() != Errno.ENODEV || attempt == TRIES) {
                        throw refusal;
                    }
                    LockSupport.parkNanos(LOOK_AGAIN.toNanos());
                    name = site.ground()
                            .functions()
                            .tree()
                            .function(function.address())
                            .flatMap(found -> found.networkDevice())
                            .map(found -> found.name())
                            .orElse(name);
                }
            }
        }
    }

    private static void awaitCarrier(Links links, PortName port) {
        long end = System.nanoTime() + CARRIER_LIMIT.toNanos();
        while (!links.find(port.device()).map(Link::carrier).orElse(false)) {
            if (System.nanoTime() > end) {
                throw new LinuxException(
                        "scenario.no-carrier",
                        "The VF " + port + " has no carrier after " + CARRIER_LIMIT.toSeconds() + " s.",
                        "Set the PF up and look at its cable.");
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    /** QEMU emulates network cards with VFs; a machine of QEMU may also have a real one passed through, which cannot be told from here. */
    private boolean isEmulatedMachine() {
        Path vendor = site.ground().functions().tree().root().resolve("class/dmi/id/sys_vendor");
        try {
            return Files.readString(vendor).strip().equals("QEMU");
        } catch (IOException unknown) {
            return false;
        }
    }

    private String description() {
        String tester = forTester.isEmpty()
                ? "The tester sends to " + options.transmit().orElseThrow() + " and receives from "
                        + options.receive().orElseThrow() + ", on the card's wire."
                : "The tester has two more VFs of the host, in network namespaces: frames go through the card's own switch.";
        int machines = forMachines.size();
        return (machines == 1 ? "A virtual machine routes" : machines + " virtual machines route, each")
                + " between two networks on its one VF of "
                + forMachines.getFirst().pf()
                + (options.vlan() == 0 ? "" : " in VLAN " + options.vlan()) + ". " + tester;
    }

    private List<String> notes(int wanted, Machines.Running running, boolean emulatedCard) {
        List<String> notes = new ArrayList<>();
        if (forMachines.size() < wanted) {
            notes.add("There are VFs for " + forMachines.size() + " of " + wanted + " virtual machines.");
        }
        if (emulatedCard) {
            notes.add("This machine is itself a virtual machine of QEMU, and its card is taken for an emulated one.");
        }
        notes.addAll(running.notes());
        return notes;
    }
}
