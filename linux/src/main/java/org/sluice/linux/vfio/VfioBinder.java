package org.sluice.linux.vfio;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.AttributeWriter;
import org.sluice.linux.kernel.BoundedWriter;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.SystemCallException;
import org.sluice.linux.pci.PciAddress;
import org.sluice.linux.pci.PciFunction;
import org.sluice.linux.pci.PciTree;

/**
 * Binds PCI functions to vfio-pci and back by {@code driver_override}, which names one function and no other of its kind.
 * All verbs may be repeated. Thread-safe, but let one thread at a time change one function.
 *
 * <p>Errors carry these codes: {@code vfio.no-such-function}, {@code vfio.no-iommu}, {@code vfio.no-module},
 * {@code vfio.not-bound}, {@code vfio.in-use}, {@code vfio.refused}, {@code vfio.no-reset}.
 *
 * @see <a href="https://docs.kernel.org/driver-api/vfio.html">VFIO</a>
 */
public final class VfioBinder {
    /** The driver that hands a function to user space. */
    public static final String DRIVER = "vfio-pci";

    /** Drivers beside which the kernel lets another member of the group be used (drivers/vfio/vfio_main.c). */
    private static final Set<String> HARMLESS = Set.of(DRIVER, "pci-stub", "pcieport");

    private final PciTree tree;
    private final BoundedWriter writer;

    /**
     * @param writer how sysfs is written, {@link AttributeWriter#kernel()} but in simulations
     * @param bound how long a driver may take; unbinding waits for a program that holds the function; 10 s is a good value
     */
    public VfioBinder(PciTree tree, AttributeWriter writer, Duration bound) {
        this.tree = requireNonNull(tree, "tree is null");
        this.writer = new BoundedWriter(writer, bound);
    }

    /**
     * Gives the function to vfio-pci and returns it as it reads back. After an error the function may have no driver;
     * {@link #release} undoes that.
     */
    public PciFunction bind(PciAddress address) {
        PciFunction before = require(address);
        if (before.driverName().equals(DRIVER)) {
            return before;
        }
        if (before.iommuGroup().isEmpty() && !usableWithoutIommu()) {
            throw noIommu(address);
        }
        if (!Files.isDirectory(tree.root().resolve("bus/pci/drivers").resolve(DRIVER))) {
            throw new LinuxException(
                    "vfio.no-module",
                    "The kernel's driver vfio-pci is not loaded.",
                    "Load it with modprobe vfio-pci, and have it loaded at boot (/etc/modules-load.d).");
        }
        override(address, DRIVER);
        unbind(before);
        probe(address);
        PciFunction after = require(address);
        if (!after.driverName().equals(DRIVER)) {
            throw new LinuxException(
                    "vfio.not-bound",
                    "The PCI function " + address + " was offered to vfio-pci and is bound to "
                            + after.driver().orElse("no driver") + ".",
                    "Look at the kernel's log (dmesg) for why vfio-pci refused it.");
        }
        return after;
    }

    /**
     * Gives the function back to whatever driver the kernel chooses and returns it as it reads back; the driver may be none, when
     * the kernel has none for it.
     */
    public PciFunction release(PciAddress address) {
        detach(address);
        probe(address);
        return require(address);
    }

    /**
     * Gives the function to the driver of this name and returns it as it reads back. Works also where VFs are given to no driver by
     * themselves ({@code sriov_drivers_autoprobe} 0). After an error the function may have no driver.
     *
     * @param driver one that is loaded, such as {@code igbvf}
     */
    public PciFunction bindTo(PciAddress address, String driver) {
        if (requireNonNull(driver, "driver is null").equals(DRIVER)) {
            return bind(address);
        }
        PciFunction before = require(address);
        if (before.driverName().equals(driver)) {
            return before;
        }
        override(address, driver);
        unbind(before);
        probe(address);
        // It has done its work: from now on the function is one like any other again.
        override(address, "\n");
        PciFunction after = require(address);
        if (!after.driverName().equals(driver)) {
            throw new LinuxException(
                    "vfio.not-bound",
                    "The PCI function " + address + " was offered to " + driver + " and is bound to "
                            + after.driver().orElse("no driver") + ".",
                    "Load the driver (modprobe " + driver
                            + ") and look at the kernel's log (dmesg) for why it refused.");
        }
        return after;
    }

    /** Takes the driver from the function and leaves it without one, so that nothing in the host uses it. */
    public PciFunction detach(PciAddress address) {
        PciFunction before = require(address);
        // An empty line clears it.
        override(address, "\n");
        unbind(before);
        return require(address);
    }

    /**
     * Members of the function's IOMMU group, other than it, that a host driver holds: while there are any, VFIO answers
     * "group is not viable".
     */
    public List<PciFunction> groupBlockers(PciAddress address) {
        PciFunction function = require(address);
        if (function.iommuGroup().isEmpty()) {
            return List.of();
        }
        return tree.iommuGroupMembers(function.iommuGroupNumber()).stream()
                .filter(member -> !member.equals(address))
                .map(tree::function)
                .flatMap(Optional::stream)
                .filter(member -> member.driver()
                        .map(driver -> !HARMLESS.contains(driver))
                        .orElse(false))
                .toList();
    }

    /** Whether the function can be reset alone. */
    public boolean canReset(PciAddress address) {
        return Files.exists(tree.folder(address).resolve("reset"));
    }

    /** {@code echo 1 > reset}: a function level reset, or what the kernel has in its place. What a former user left in it is gone. */
    public void reset(PciAddress address) {
        PciFunction _ = require(address);
        if (!canReset(address)) {
            throw new LinuxException(
                    "vfio.no-reset",
                    "The PCI function " + address + " has no reset of its own.",
                    "Use a card whose VFs have function level reset (FLR), as the SR-IOV specification demands.");
        }
        write(address, "reset", tree.folder(address).resolve("reset"), "1");
    }

    private void unbind(PciFunction function) {
        if (function.driver().isEmpty()) {
            return;
        }
        try {
            writer.write(
                    tree.folder(function.address()).resolve("driver/unbind"),
                    function.address().toString());
        } catch (SystemCallException failure) {
            // Unbound by somebody else meanwhile: what was wanted.
            if (failure.errno() != Errno.ENOENT && failure.errno() != Errno.ENODEV) {
                throw refused(function.address(), "leave the driver " + function.driverName(), failure);
            }
        } catch (LinuxException failure) {
            if (failure.code().equals("sysfs.hangs")) {
                throw new LinuxException(
                        "vfio.in-use",
                        "The PCI function " + function.address() + " does not leave the driver " + function.driverName()
                                + ", most likely because a VM still uses it.",
                        "Stop the VM or detach the device from it; the kernel finishes the unbinding then by itself.",
                        failure);
            }
            throw failure;
        }
    }

    private void override(PciAddress address, String driver) {
        write(address, "take a driver override", tree.folder(address).resolve("driver_override"), driver);
    }

    private void probe(PciAddress address) {
        write(address, "be offered to drivers", tree.root().resolve("bus/pci/drivers_probe"), address.toString());
    }

    private void write(PciAddress address, String what, Path attribute, String value) {
        try {
            writer.write(attribute, value);
        } catch (SystemCallException failure) {
            throw refused(address, what, failure);
        }
    }

    private PciFunction require(PciAddress address) {
        return tree.function(address)
                .orElseThrow(() -> new LinuxException(
                        "vfio.no-such-function",
                        "There is no PCI function at " + address + ".",
                        "List the functions with lspci; a VF is gone when its PF's VFs were made anew."));
    }

    private boolean usableWithoutIommu() {
        try {
            return Files.readString(tree.root().resolve("module/vfio/parameters/enable_unsafe_noiommu_mode"))
                    .startsWith("Y");
        } catch (IOException absent) {
            // The module is not loaded or has no such parameter: the mode is off.
            return false;
        }
    }

    private static LinuxException noIommu(PciAddress address) {
        return new LinuxException(
                "vfio.no-iommu",
                "The PCI function " + address + " is in no IOMMU group: this machine's IOMMU is off.",
                "Switch on VT-d or AMD-Vi in the firmware set-up, boot with intel_iommu=on on Intel machines, and look for"
                        + " \"DMAR: IOMMU enabled\" or \"AMD-Vi\" in dmesg.");
    }

    private static LinuxException refused(PciAddress address, String what, SystemCallException failure) {
        return new LinuxException(
                "vfio.refused",
                "The kernel answered " + failure.errno().describe() + " when the PCI function " + address + " was to "
                        + what + ".",
                failure.fix(),
                failure);
    }
}
