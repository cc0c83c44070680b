package org.sluice.traffic.function;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.AttributeWriter;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.net.VfAttribute;
import org.sluice.linux.net.VfAttributes;
import org.sluice.linux.net.VirtualFunctionInfo;
import org.sluice.linux.net.VlanProtocol;
import org.sluice.linux.pci.PciAddress;
import org.sluice.linux.pci.PciFunction;
import org.sluice.linux.pci.PciTree;
import org.sluice.linux.pci.SriovControl;
import org.sluice.linux.pci.VirtualFunction;
import org.sluice.linux.vfio.VfioBinder;

/**
 * A VF that nobody uses, taken for a while: it gets an address of its own and no VLAN, the host's driver for it, and its network
 * device moves to a namespace. Closing gives it back without a driver and with the address and VLAN it had, read back. For one
 * thread.
 */
public final class BorrowedFunction implements AutoCloseable {
    private static final Duration BOUND = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final String physicalFunction;
    private final VirtualFunction function;
    private final VirtualFunctionInfo before;
    private final PciTree tree;
    private final VfioBinder binder;
    private String name = "";

    private BorrowedFunction(
            String physicalFunction, VirtualFunction function, VirtualFunctionInfo before, PciTree tree) {
        this.physicalFunction = physicalFunction;
        this.function = function;
        this.before = before;
        this.tree = tree;
        this.binder = new VfioBinder(tree, AttributeWriter.kernel(), BOUND);
    }

    /**
     * Takes a VF that has no driver.
     *
     * @param physicalFunction the network device of its PF, in this thread's namespace
     * @param namespace where its network device goes
     * @param mac the address it gets
     * @throws LinuxException code {@code vf.in-use} when it has a driver; {@code vf.no-driver} when the host has none for it;
     *     {@code vf.no-carrier}; or what the kernel refused. It is given back then
     */
    public static BorrowedFunction take(
            String physicalFunction, VirtualFunction function, NetworkNamespace namespace, MacAddress mac) {
        requireNonNull(namespace, "namespace is null");
        PciTree tree = new PciTree();
        if (function.function().driver().isPresent()) {
            throw new LinuxException(
                    "vf.in-use",
                    "VF " + function.index() + " of " + physicalFunction + " is in use by the driver "
                            + function.function().driverName() + ".",
                    "Choose another one; only VFs without a driver are taken.");
        }
        BorrowedFunction borrowed;
        try (Links links = Links.open()) {
            borrowed = new BorrowedFunction(physicalFunction, function, info(links, physicalFunction, function), tree);
        }
        try {
            borrowed.prepare(namespace, mac);
            return borrowed;
        } catch (RuntimeException | Error failure) {
            try {
                borrowed.close();
            } catch (RuntimeException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    private void prepare(NetworkNamespace namespace, MacAddress mac) {
        set(mac, 0);
        bindHostDriver();
        String device = await(() -> tree.function(address()).flatMap(PciFunction::networkDevice), Optional::isPresent)
                .orElseThrow(
                        () -> new LinuxException(
                                "vf.no-driver",
                                "VF " + function.index() + " of " + physicalFunction
                                        + " has no network device after it was" + " offered to the host's drivers.",
                                "Load the driver for such VFs (igbvf, iavf, mlx5_core ...), and look at the kernel's log (dmesg)."))
                .name();
        try (Links links = Links.open();
                Links there = Links.in(namespace)) {
            links.moveTo(device, namespace);
            there.setUp(device);
            Optional<Link> ready = await(
                    () -> there.find(device), link -> link.filter(Link::carrier).isPresent());
            if (ready.filter(Link::carrier).isEmpty()) {
                throw new LinuxException(
                        "vf.no-carrier",
                        "VF " + function.index() + " of " + physicalFunction + " has no carrier.",
                        "Set its PF up (ip link set " + physicalFunction + " up) and check the PF's own cable.");
            }
        }
        name = device;
    }

    /** The name of its network device, in the namespace it was given to. */
    public String device() {
        return name;
    }

    /** Its number. */
    public int index() {
        return function.index();
    }

    /** The driver that the host has for it, while it is borrowed. */
    public String driver() {
        return tree.function(address()).map(PciFunction::driverName).orElse("");
    }

    private PciAddress address() {
        return function.function().address();
    }

    /** With autoprobe off the kernel offers a VF to no driver, so it is on for the moment. */
    private void bindHostDriver() {
        loadDriver();
        PciAddress parent = function.physicalFunction();
        boolean autoprobe = tree.physicalFunction(parent)
                .orElseThrow(() -> new LinuxException(
                        "vf.gone", "The PF " + physicalFunction + " is gone.", "Look at the kernel's log (dmesg)."))
                .driversAutoprobe();
        SriovControl control = new SriovControl(tree, AttributeWriter.kernel(), BOUND);
        if (!autoprobe) {
            control.setDriversAutoprobe(parent, true);
        }
        try {
            PciFunction _ = binder.release(address());
        } finally {
            if (!autoprobe) {
                control.setDriversAutoprobe(parent, false);
            }
        }
    }

    /** What udev does when a device appears; a VF that nobody was to use never caused it. */
    private void loadDriver() {
        try {
            String alias =
                    Files.readString(tree.folder(address()).resolve("modalias")).strip();
            Process modprobe = new ProcessBuilder("modprobe", "--use-blacklist", alias)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            // A driver that is built in or missing shows when the function is offered.
            boolean _ = modprobe.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS);
        } catch (IOException failure) {
            throw new UncheckedIOException("The driver of VF " + function.index() + " cannot be loaded.", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void set(MacAddress mac, int vlan) {
        try (Links links = Links.open()) {
            VfAttribute vlanAttribute = new VfAttribute.Vlan(vlan, vlan == 0 ? 0 : before.qos(), VlanProtocol.DOT1Q);
            links.setVf(physicalFunction, function.index(), VfAttributes.of(vlanAttribute));
            links.setVf(physicalFunction, function.index(), new VfAttribute.Mac(mac));
            VirtualFunctionInfo now = info(links, physicalFunction, function);
            if (!now.mac().equals(mac) || now.vlan() != vlan) {
                throw new LinuxException(
                        "vf.not-set",
                        "VF " + function.index() + " of " + physicalFunction + " was to have the address " + mac
                                + " and VLAN " + vlan + " and has " + now.mac() + " and " + now.vlan() + ".",
                        "Look at the kernel's log (dmesg) for what the driver says.");
            }
        }
    }

    private static VirtualFunctionInfo info(Links links, String physicalFunction, VirtualFunction function) {
        return links.virtualFunctions(physicalFunction).stream()
                .filter(info -> info.index() == function.index())
                .findFirst()
                .orElseThrow(() -> new LinuxException(
                        "vf.unknown",
                        "The driver of " + physicalFunction + " reports no VF " + function.index() + ".",
                        "Look at ip link show dev " + physicalFunction + "."));
    }

    private static <T> T await(Supplier<T> look, Predicate<T> found) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        T seen = look.get();
        while (!found.test(seen) && System.nanoTime() < end) {
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            seen = look.get();
        }
        return seen;
    }

    @Override
    public void close() {
        // The device goes with the driver, out of whichever namespace it is in.
        PciFunction _ = binder.detach(address());
        set(before.mac(), before.vlan());
    }
}
