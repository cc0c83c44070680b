package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.sluice.linux.LinuxException;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.MacAddress;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.machine.Accelerator;
import org.sluice.traffic.machine.MachineSpec;
import org.sluice.traffic.machine.RouterNic;
import org.sluice.traffic.machine.VirtualMachine;

/**
 * Where a path is built: everything made goes through here, is written to the journal first, and goes away in reverse order. Virtual
 * devices are made inside namespaces of its own and nowhere else, so the host's namespace sees none of them. For one thread.
 */
final class Site implements AutoCloseable {
    static final String PREFIX = "sluice-";
    private static final int NAME_BYTES = 4;
    private static final Duration BRIDGE_AGEING = Duration.ofMinutes(5);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Ground ground;
    private final String name;
    private final Journal journal;
    private final Remover remover;
    private final Map<String, VirtualMachine> machines = new HashMap<>();
    private boolean closed;

    private Site(Ground ground, String name, Journal journal) {
        this.ground = ground;
        this.name = name;
        this.journal = journal;
        this.remover = new Remover(ground.functions());
    }

    /** A new one with a name of its own. */
    static Site open(Ground ground) {
        byte[] bytes = new byte[NAME_BYTES];
        RANDOM.nextBytes(bytes);
        String name = PREFIX + HexFormat.of().formatHex(bytes);
        return new Site(ground, name, Journal.create(ground.options().stateDirectory(), name));
    }

    /** What a path is built by. */
    @FunctionalInterface
    interface Work {
        BuiltPath build(Site site) throws InterruptedException;
    }

    /** Builds on a new site and takes everything down again when that fails. */
    static BuiltPath build(Ground ground, Work work) throws InterruptedException {
        Site site = Site.open(ground);
        try {
            return work.build(site);
        } catch (RuntimeException | Error | InterruptedException failure) {
            try {
                site.close();
            } catch (RuntimeException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    /** A unicast address that belongs to nobody (IEEE 802, locally administered). */
    static MacAddress newMac() {
        long bits = RANDOM.nextLong() & 0xFF_FFFF_FFFFL;
        return new MacAddress(0x02L << 40 | bits);
    }

    Ground ground() {
        return ground;
    }

    String name() {
        return name;
    }

    private void make(Made made, Runnable work) {
        journal.append(made);
        ground.watch().intended(made);
        work.run();
        ground.watch().done(made);
    }

    /** A namespace without IPv6, which would send frames of its own. */
    String namespace(String role) {
        String namespace = name + "-" + role;
        make(
                new Made.Namespace(namespace),
                () -> NetworkNamespace.create(namespace).close());
        NamespaceSettings.set(namespace, "net/ipv6/conf/all/disable_ipv6", "1");
        NamespaceSettings.set(namespace, "net/ipv6/conf/default/disable_ipv6", "1");
        return namespace;
    }

    /** Two joined devices, up. */
    void veth(PortName near, PortName far, int mtu) {
        make(new Made.Device(namespaceOf(near), near.device()), () -> {
            try (NetworkNamespace other = far.open();
                    Links links = Links.in(namespaceOf(near));
                    Links there = Links.in(other)) {
                links.createVeth(near.device(), far.device(), other);
                links.setMtu(near.device(), mtu);
                there.setMtu(far.device(), mtu);
                links.setUp(near.device());
                there.setUp(far.device());
            }
        });
    }

    /** A bridge that is up, with the devices as its ports. */
    void bridge(PortName bridge, List<String> ports, int mtu) {
        make(new Made.Device(namespaceOf(bridge), bridge.device()), () -> {
            try (Links links = Links.in(namespaceOf(bridge))) {
                links.createBridge(bridge.device(), false, BRIDGE_AGEING);
                ports.forEach(port -> links.setMaster(port, bridge.device()));
                links.setMtu(bridge.device(), mtu);
                links.setUp(bridge.device());
            }
        });
    }

    /** A tap device that is up. */
    void tap(PortName tap, int mtu) {
        make(new Made.Device(namespaceOf(tap), tap.device()), () -> {
            try (Links links = Links.in(namespaceOf(tap))) {
                links.taps().create(tap.device());
                links.setMtu(tap.device(), mtu);
                links.setUp(tap.device());
            }
        });
    }

    /** A config drive for a router. */
    Path seed(String machine, List<RouterNic> nics) {
        Path file = ground.options().stateDirectory().resolve(machine + ".iso");
        make(new Made.File(file), () -> {
            try {
                VirtualMachine.writeSeed(file, machine, nics);
            } catch (IOException failure) {
                throw new UncheckedIOException("The config drive " + file + " cannot be written.", failure);
            }
        });
        return file;
    }

    /** Starts a virtual machine; it is still to boot. */
    VirtualMachine start(MachineSpec spec, Accelerator accelerator) {
        make(new Made.Machine(spec.name()), () -> {
            VirtualMachine machine = VirtualMachine.start(ground.options().qemu(), spec, accelerator);
            VirtualMachine _ = machines.put(spec.name(), machine);
        });
        return requireNonNull(machines.get(spec.name()), "the machine was just started");
    }

    /** Takes the VF, gives it this address, and hands it on. */
    <T> T function(UsableFunction function, MacAddress mac, Supplier<T> handOn) {
        Made.Function taken = function.takenAs(mac);
        make(taken, () -> ground.functions().program(taken, ground.options().vlan()));
        return handOn.get();
    }

    private static String namespaceOf(PortName port) {
        return port.namespace().orElseThrow(() -> new IllegalArgumentException("Nothing is made outside namespaces."));
    }

    /** The device's own address. */
    static MacAddress mac(PortName port) {
        return link(port).mac();
    }

    /** The device. */
    static Link link(PortName port) {
        try (NetworkNamespace namespace = port.open();
                Links links = Links.in(namespace)) {
            return links.find(port.device())
                    .orElseThrow(() -> new LinuxException(
                            "link.missing",
                            "There is no network device " + port + ".",
                            "Look at what there is with ip link, in a namespace with ip -n NAME link."));
        }
    }

    /** Takes everything away; an interruption waits until that is done. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        boolean interrupted = Thread.interrupted();
        try (Journal open = journal) {
            Remover.removeAll(open, this::remove);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void remove(Made made) {
        if (made instanceof Made.Machine(String machine)) {
            VirtualMachine started = machines.remove(machine);
            if (started != null) {
                started.close();
                return;
            }
        }
        remover.remove(made);
    }
}
