package org.sluice.traffic.machine;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.sluice.linux.ethtool.Ethtool;
import org.sluice.linux.kernel.AttributeFiles;
import org.sluice.linux.kernel.AttributeWriter;
import org.sluice.linux.machine.Machine;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Links;
import org.sluice.linux.pci.PciTree;
import org.sluice.linux.steering.DeviceQueues;
import org.sluice.linux.steering.Interrupts;

/** The doors to the machine: its files, and its network devices in whichever namespace they are. Thread-safe. */
public final class Host {
    private static final Path ROOT = Path.of("/");
    private static final Path NAMESPACE_OF_THIS_THREAD = Path.of("/proc/thread-self/ns/net");

    private final Path root;
    private final Machine machine;
    private final Interrupts interrupts;
    private final DeviceQueues queues;
    private final PciTree pci;

    /** The machine this runs on. */
    public Host() {
        this(ROOT, AttributeWriter.kernel());
    }

    /**
     * A machine whose {@code proc} and {@code sys} are somewhere else, for tests; sockets are the kernel's still.
     *
     * @param root the folder that holds {@code proc} and {@code sys}
     * @param writer how files below it are written
     */
    public Host(Path root, AttributeWriter writer) {
        this.root = requireNonNull(root, "root is null");
        machine = new Machine(root, writer);
        interrupts = new Interrupts(root, writer);
        queues = new DeviceQueues(root, writer);
        pci = new PciTree(root.resolve("sys"));
    }

    /** CPUs, kernel, memory. */
    public Machine machine() {
        return machine;
    }

    /** Interrupts; to find those of a device, use it inside {@link #withSysfsOf}. */
    public Interrupts interrupts() {
        return interrupts;
    }

    /** Queues of network devices; use it inside {@link #withSysfsOf}. */
    public DeviceQueues queues() {
        return queues;
    }

    /** PCI functions. */
    public PciTree pci() {
        return pci;
    }

    /** The drivers' settings of the devices in a namespace; close it. */
    public Ethtool ethtool(Place place) {
        return switch (place) {
            case Place.Own() -> Ethtool.open();
            case Place.Named(String name) -> Ethtool.in(name);
            case Place.Held(NetworkNamespace namespace) -> Ethtool.in(namespace);
        };
    }

    /** The devices in a namespace; close it. */
    public Links links(Place place) {
        return switch (place) {
            case Place.Own() -> Links.open();
            case Place.Named(String name) -> Links.in(name);
            case Place.Held(NetworkNamespace namespace) -> Links.in(namespace);
        };
    }

    /**
     * Does the work on a thread whose {@code /sys} shows the devices of the namespace.
     *
     * @throws org.sluice.linux.LinuxException codes {@code syscall.eperm} without CAP_SYS_ADMIN, {@code namespace.sysfs} where
     *     mounting is forbidden, and {@code namespace.missing}
     */
    public <T> T withSysfsOf(Place place, Supplier<T> work) {
        if (!root.equals(ROOT)) {
            return work.get();
        }
        return switch (place) {
            case Place.Own() -> {
                try (NetworkNamespace own = NetworkNamespace.ofThisThread()) {
                    yield own.callWithSysfs(work::get);
                }
            }
            case Place.Named(String name) -> {
                try (NetworkNamespace named = NetworkNamespace.open(name)) {
                    yield named.callWithSysfs(work::get);
                }
            }
            case Place.Held(NetworkNamespace namespace) -> namespace.callWithSysfs(work::get);
        };
    }

    /**
     * What tells a device from a later one with the same name: the kernel's numbers for its namespace and for the device. Empty
     * when the device is not there.
     */
    public Optional<String> identity(Device device) {
        return withSysfsOf(
                device.place(),
                () -> AttributeFiles.text(root.resolve("sys/class/net/" + device.name() + "/ifindex"))
                        .map(index -> namespaceOfThisThread() + " " + index));
    }

    private static String namespaceOfThisThread() {
        try {
            return Files.readSymbolicLink(NAMESPACE_OF_THIS_THREAD).toString();
        } catch (IOException failure) {
            throw new UncheckedIOException("The file " + NAMESPACE_OF_THIS_THREAD + " cannot be read.", failure);
        }
    }
}
