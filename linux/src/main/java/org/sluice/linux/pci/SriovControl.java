package org.sluice.linux.pci;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.AttributeWriter;
import org.sluice.linux.kernel.BoundedWriter;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.SystemCallException;

/**
 * Makes and removes the VFs of a PF. Thread-safe, but let one thread at a time change one PF.
 *
 * <p>Errors carry these codes: {@code sriov.no-such-function}, {@code sriov.not-capable}, {@code sriov.too-many},
 * {@code sriov.no-driver}, {@code sriov.no-resources}, {@code sriov.busy}, {@code sriov.forbidden}, {@code sriov.not-taken},
 * {@code sriov.refused}, and {@code sysfs.hangs} when the driver does not come back (the meaning of the numbers:
 * drivers/pci/iov.c).
 */
public final class SriovControl {
    private final PciTree tree;
    private final BoundedWriter writer;

    /**
     * @param writer how sysfs is written, {@link AttributeWriter#kernel()} but in simulations
     * @param bound how long the driver may take; making 64 VFs takes seconds, 60 s is a good value
     */
    public SriovControl(PciTree tree, AttributeWriter writer, Duration bound) {
        this.tree = requireNonNull(tree, "tree is null");
        this.writer = new BoundedWriter(writer, bound);
    }

    /**
     * {@code echo COUNT > sriov_numvfs}, with a 0 in between when it has other VFs already, because the kernel changes only
     * from none and to none. All VFs the PF had are gone then. The same count again does nothing.
     *
     * @param count 0 to the PF's total
     */
    public void setVfCount(PciAddress address, int count) {
        PhysicalFunction before = require(address);
        if (count < 0) {
            throw new IllegalArgumentException("The number of VFs is 0 or more; " + count + " is not.");
        }
        if (count > before.totalVfs()) {
            throw tooMany(before, count, null);
        }
        if (before.vfCount() == count) {
            return;
        }
        if (before.vfCount() != 0 && count != 0) {
            write(before, 0);
        }
        write(before, count);
        int after = require(address).vfCount();
        if (after != count) {
            throw new LinuxException(
                    "sriov.not-taken",
                    "The PF " + address + " was asked for " + count + " VFs, the driver raised no error, and it has "
                            + after + ".",
                    "Look at the kernel's log (dmesg) for what the driver says.");
        }
    }

    /** {@code echo 0|1 > sriov_drivers_autoprobe}: whether VFs made from now on are given to a driver at once. */
    public void setDriversAutoprobe(PciAddress address, boolean on) {
        PhysicalFunction function = require(address);
        if (function.driversAutoprobe() != on) {
            writer.write(tree.folder(address).resolve("sriov_drivers_autoprobe"), on ? "1" : "0");
        }
    }

    private PhysicalFunction require(PciAddress address) {
        return tree.physicalFunction(address)
                .orElseThrow(() -> tree.function(address).isEmpty()
                        ? new LinuxException(
                                "sriov.no-such-function",
                                "There is no PCI function at " + address + ".",
                                "List the functions with lspci; addresses may change at reboot.")
                        : new LinuxException(
                                "sriov.not-capable",
                                "The PCI function " + address + " cannot have VFs.",
                                "Switch SR-IOV on in the firmware set-up and in the card's own configuration (for Mellanox cards mlxconfig"
                                        + " SRIOV_EN=1)."));
    }

    private void write(PhysicalFunction function, int count) {
        try {
            writer.write(tree.folder(function.address()).resolve("sriov_numvfs"), Integer.toString(count));
        } catch (SystemCallException failure) {
            throw explain(function, count, failure);
        }
    }

    private static LinuxException explain(PhysicalFunction function, int count, SystemCallException failure) {
        PciAddress address = function.address();
        if (failure.errno() == Errno.ENOMEM) {
            return new LinuxException(
                    "sriov.no-resources",
                    "The machine has not enough address space or bus numbers for " + count + " VFs of the PF " + address
                            + ".",
                    "If dmesg says \"not enough MMIO resources\": switch on SR-IOV and \"Above 4G decoding\" in the firmware set-up"
                            + " or boot with pci=realloc; if it says \"out of range of [bus\": switch on ARI, boot with"
                            + " pci=assign-busses or use another slot; or ask for fewer VFs.",
                    failure);
        }
        if (failure.errno() == Errno.EBUSY) {
            return new LinuxException(
                    "sriov.busy",
                    "The PF " + address + " does not change to " + count
                            + " VFs because it has others, or one is in use.",
                    "Take its VFs from all VMs, set sriov_numvfs to 0, then to the new number.",
                    failure);
        }
        if (failure.errno() == Errno.ERANGE) {
            return tooMany(function, count, failure);
        }
        if (failure.errno() == Errno.ENOENT) {
            return new LinuxException(
                    "sriov.no-driver",
                    "The PF " + address + " has no driver that can make VFs"
                            + function.function()
                                    .driver()
                                    .map(name -> " (it is bound to " + name + ")")
                                    .orElse("") + ".",
                    "Bind the PF to its own driver.",
                    failure);
        }
        if (failure.errno() == Errno.EPERM || failure.errno() == Errno.EACCES) {
            return new LinuxException(
                    "sriov.forbidden",
                    "This process may not change the VFs of the PF " + address + ".",
                    "Run as root, and check that sysfs is mounted writable and the kernel is not locked down.",
                    failure);
        }
        return new LinuxException(
                "sriov.refused",
                "The PF " + address + " answered " + failure.errno().describe() + " when asked for " + count + " VFs.",
                "Look at the kernel's log (dmesg) for what the driver says.",
                failure);
    }

    private static LinuxException tooMany(PhysicalFunction function, int count, @Nullable Throwable cause) {
        return new LinuxException(
                "sriov.too-many",
                "The PF " + function.address() + " can have " + function.totalVfs() + " VFs at most; " + count
                        + " were asked for.",
                "Ask for fewer; some drivers take one less than the card's total, and some cards can be given more (for Mellanox"
                        + " cards mlxconfig NUM_OF_VFS).",
                cause);
    }
}
