package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.AttributeWriter;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.net.VfAttribute;
import org.sluice.linux.net.VfAttributes;
import org.sluice.linux.net.VirtualFunctionInfo;
import org.sluice.linux.netlink.NetlinkException;
import org.sluice.linux.pci.PciAddress;
import org.sluice.linux.pci.PciFunction;
import org.sluice.linux.pci.PciNetworkDevice;
import org.sluice.linux.pci.PciTree;
import org.sluice.linux.vfio.VfioBinder;

/** Takes VFs and puts them back. For one thread. */
final class Functions {
    private static final Duration BOUND = Duration.ofSeconds(10);

    /** A VF answers "try again" while it is being reset, and some cards show a new setting only some time later. */
    private static final int TRIES = 20;

    private static final Duration BETWEEN = Duration.ofMillis(100);

    private final PciTree tree;
    private final VfSettings settings;
    private final IntPredicate groupInUse;
    private final VfioBinder binder;

    /** @param groupInUse whether a program has the VFIO group of this number */
    Functions(PciTree tree, AttributeWriter writer, VfSettings settings, IntPredicate groupInUse) {
        this.tree = requireNonNull(tree, "tree is null");
        this.settings = requireNonNull(settings, "settings is null");
        this.groupInUse = requireNonNull(groupInUse, "groupInUse is null");
        this.binder = new VfioBinder(tree, writer, BOUND);
    }

    static Functions ofThisMachine() {
        return new Functions(new PciTree(), AttributeWriter.kernel(), VfSettings.kernel(), VfioGroups::inUse);
    }

    PciTree tree() {
        return tree;
    }

    VfSettings settings() {
        return settings;
    }

    boolean isGroupInUse(int group) {
        return groupInUse.test(group);
    }

    /** Takes the VF's driver and gives it its address, our VLAN, the spoof check and no trust; reads all of it back. */
    void program(Made.Function taken, int vlan) {
        // The driver sees a new address only when it is loaded again, and some cards refuse to change one under a
        // driver.
        PciFunction _ = binder.detach(taken.address());
        apply(taken, taken.found().forUser(taken.ours(), vlan));
    }

    /** Hands the VF to user space. */
    void giveToVfio(PciAddress address) {
        List<PciFunction> blockers = binder.groupBlockers(address);
        if (!blockers.isEmpty()) {
            throw new LinuxException(
                    "vfio.group",
                    "The VF " + address + " shares its IOMMU group with "
                            + blockers.getFirst().address() + ", which a driver of the host has.",
                    "Use a slot with ACS, or another card.");
        }
        PciFunction _ = binder.bind(address);
    }

    /** Hands the VF to the host's driver and returns the name of its network device. */
    String giveToHost(PciAddress address, String driver) {
        PciFunction function = binder.bindTo(address, driver);
        for (int attempt = 0; attempt < TRIES; attempt++) {
            Optional<PciNetworkDevice> device = function.networkDevice();
            if (device.isPresent()) {
                return device.orElseThrow().name();
            }
            LockSupport.parkNanos(BETWEEN.toNanos());
            function = tree.function(address).orElse(function);
        }
        throw new LinuxException(
                "scenario.no-device",
                "The driver " + driver + " made no network device for the VF " + address + ".",
                "Look at the kernel's log (dmesg).");
    }

    /** Makes the VF what it was, unless it is gone or somebody else has it by now. */
    void restore(Made.Function taken) {
        boolean gone = tree.virtualFunctions(taken.physicalFunction()).stream()
                .noneMatch(function -> function.index() == taken.index()
                        && function.function().address().equals(taken.address()));
        if (gone || isSomebodyElses(read(taken), taken)) {
            return;
        }
        PciFunction _ = binder.detach(taken.address());
        VfAttributes wanted = taken.found().restoring();
        // Intel cards take the check off before they take the address; so the address is last.
        apply(taken, wanted.without(VfAttribute.Kind.MAC));
        apply(taken, wanted);
        if (!taken.found().driver().isEmpty()) {
            PciFunction _ = binder.bindTo(taken.address(), taken.found().driver());
        }
    }

    private static boolean isSomebodyElses(VirtualFunctionInfo now, Made.Function taken) {
        return !now.mac().equals(taken.ours())
                && !now.mac().equals(taken.found().mac());
    }

    private void apply(Made.Function taken, VfAttributes wanted) {
        String pf = pf(taken);
        for (int attempt = 1; ; attempt++) {
            List<VfAttribute> differing = wanted.differingFrom(read(taken));
            if (differing.isEmpty()) {
                return;
            }
            try {
                for (VfAttribute attribute : differing) {
                    settings.set(pf, taken.index(), attribute);
                }
            } catch (NetlinkException refusal) {
                if (attempt == TRIES || (refusal.errno() != Errno.EAGAIN && refusal.errno() != Errno.EBUSY)) {
                    throw refusal;
                }
            }
            if (attempt == TRIES) {
                requireAll(wanted, taken, pf);
                return;
            }
            if (!wanted.differingFrom(read(taken)).isEmpty()) {
                LockSupport.parkNanos(BETWEEN.toNanos());
            }
        }
    }

    private void requireAll(VfAttributes wanted, Made.Function taken, String pf) {
        List<VfAttribute> differing = wanted.differingFrom(read(taken));
        if (!differing.isEmpty()) {
            throw new LinuxException(
                    "scenario.not-set",
                    "VF " + taken.index() + " of " + pf + " does not take \""
                            + differing.getFirst().describe()
                            + "\": the driver raised no error and shows another value.",
                    "Look at the kernel's log (dmesg) for what the driver says.");
        }
    }

    private VirtualFunctionInfo read(Made.Function taken) {
        String pf = pf(taken);
        return settings.read(pf).stream()
                .filter(info -> info.index() == taken.index())
                .findFirst()
                .orElseThrow(() -> new LinuxException(
                        "scenario.no-vf",
                        "The driver of " + pf + " tells nothing about VF " + taken.index() + ".",
                        "Use a PF in legacy mode, whose driver reports its VFs (ip link show dev " + pf + ")."));
    }

    private String pf(Made.Function taken) {
        return tree.function(taken.physicalFunction())
                .flatMap(PciFunction::networkDevice)
                .map(PciNetworkDevice::name)
                .orElseThrow(() -> new LinuxException(
                        "scenario.no-pf",
                        "The PF " + taken.physicalFunction() + " has no network device in this namespace.",
                        "Bind it to its driver and bring its device back."));
    }
}
