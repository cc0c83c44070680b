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
import org.sluice.linux.pci.PciAddress;
import org.sluice.linux.pci.PciFunction;
import org.sluice.linux.pci.PciNetworkDevice;
import org.sluice.linux.pci.PciTree;
import org.sluice.linux.pci.SriovControl;
import org.sluice.linux.vfio.VfioBinder;

/** A VF that nobody uses, taken for a while, for the tester or for a virtual machine. Closing gives it back. For one thread. */
public final class BorrowedFunction implements AutoCloseable {
    private static final Duration BOUND = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final Loan loan;
    private final PciTree tree = new PciTree();
    private final VfioBinder binder = new VfioBinder(tree, AttributeWriter.kernel(), BOUND);

    /** Touches nothing yet. */
    public BorrowedFunction(Loan loan) {
        this.loan = requireNonNull(loan, "loan is null");
    }

    /**
     * Gives it the lent address, no VLAN and the host's driver, and moves its network device to a namespace, up and with carrier.
     *
     * @return the name of the device
     * @throws LinuxException code {@code vf.no-driver} when the host has none for it; {@code vf.no-carrier}; or what the kernel
     *     refused. {@link #close} gives it back then
     */
    public String useIn(NetworkNamespace namespace) {
        loan.program();
        bindHostDriver();
        String device = await(
                        () -> tree.function(loan.address()).flatMap(PciFunction::networkDevice), Optional::isPresent)
                .map(PciNetworkDevice::name)
                .orElseThrow(() -> new LinuxException(
                        "vf.no-driver",
                        this + " has no network device after it was offered to the host's drivers.",
                        "Load the driver for such VFs (igbvf, iavf, mlx5_core ...), and look at the kernel's log"
                                + " (dmesg)."));
        try (Links links = Links.open();
                Links there = Links.in(namespace)) {
            links.moveTo(device, namespace);
            there.setUp(device);
            Optional<Link> ready = await(
                    () -> there.find(device), link -> link.filter(Link::carrier).isPresent());
            if (ready.filter(Link::carrier).isEmpty()) {
                throw new LinuxException(
                        "vf.no-carrier",
                        this + " has no carrier.",
                        "Set its PF up (ip link set " + loan.device() + " up) and check the PF's own cable.");
            }
        }
        return device;
    }

    /**
     * Gives it the lent address, no VLAN and the driver vfio-pci, by which a virtual machine gets it.
     *
     * @throws LinuxException what the kernel refused. {@link #close} gives it back then
     */
    public void useInMachine() {
        loan.program();
        load(VfioBinder.DRIVER);
        PciFunction _ = binder.bind(loan.address());
    }

    /** What has to be known to give it back. */
    public Loan loan() {
        return loan;
    }

    /** The driver that it has at the moment. */
    public String driver() {
        return tree.function(loan.address()).map(PciFunction::driverName).orElse("");
    }

    /** With autoprobe off the kernel offers a VF to no driver, so it is on for the moment. */
    private void bindHostDriver() {
        loadDriver();
        PciAddress parent = loan.physicalFunction();
        boolean autoprobe = tree.physicalFunction(parent)
                .orElseThrow(() -> new LinuxException(
                        "pf.missing", "The PF " + parent + " is gone.", "Look at the kernel's log (dmesg)."))
                .driversAutoprobe();
        SriovControl control = new SriovControl(tree, AttributeWriter.kernel(), BOUND);
        if (!autoprobe) {
            control.setDriversAutoprobe(parent, true);
        }
        try {
            PciFunction _ = binder.release(loan.address());
        } finally {
            if (!autoprobe) {
                control.setDriversAutoprobe(parent, false);
            }
        }
    }

    /** What udev does when a device appears; a VF that nobody was to use never caused it. */
    private void loadDriver() {
        try {
            load(Files.readString(tree.folder(loan.address()).resolve("modalias"))
                    .strip());
        } catch (IOException failure) {
            throw new UncheckedIOException("The driver of " + this + " cannot be loaded.", failure);
        }
    }

    /** A driver that is built in or missing shows when the function is offered to it. */
    private void load(String module) {
        try {
            Process modprobe = new ProcessBuilder("modprobe", "--use-blacklist", module)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            boolean _ = modprobe.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS);
        } catch (IOException failure) {
            throw new UncheckedIOException("The driver " + module + " of " + this + " cannot be loaded.", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
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

    /** For sentences: {@code VF 3 of eth2}. */
    @Override
    public String toString() {
        return "VF " + loan.index() + " of " + loan.device();
    }

    @Override
    public void close() {
        loan.giveBack();
    }
}
