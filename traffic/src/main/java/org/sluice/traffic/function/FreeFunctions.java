package org.sluice.traffic.function;

import java.util.List;
import java.util.Set;
import org.sluice.linux.LinuxException;
import org.sluice.linux.pci.PciTree;
import org.sluice.linux.pci.PhysicalFunction;
import org.sluice.linux.pci.VirtualFunction;

/** VFs of this machine's cards that nobody uses: they have no driver. */
public final class FreeFunctions {
    private FreeFunctions() {}

    /**
     * Those of a card, by number.
     *
     * @param device the network device of the PF
     * @param leased numbers of VFs that belong to somebody though nothing on the machine shows it yet
     * @throws LinuxException code {@code pf.missing}
     */
    public static List<VirtualFunction> of(String device, Set<Integer> leased) {
        return of(physicalFunction(device)).stream()
                .filter(function -> !leased.contains(function.index()))
                .toList();
    }

    /** Those of a card, by number. */
    public static List<VirtualFunction> of(PhysicalFunction card) {
        return card.virtualFunctions().stream()
                .filter(function -> function.function().driver().isEmpty())
                .toList();
    }

    /**
     * The PF with this network device.
     *
     * @throws LinuxException code {@code pf.missing}
     */
    public static PhysicalFunction physicalFunction(String device) {
        return new PciTree()
                .physicalFunctions().stream()
                        .filter(function -> function.function()
                                .networkDevice()
                                .filter(found -> found.name().equals(device))
                                .isPresent())
                        .findFirst()
                        .orElseThrow(() -> new LinuxException(
                                "pf.missing",
                                "There is no SR-IOV card with the network device " + device + " on this machine.",
                                "Look at what there is (ls /sys/class/net/*/device/sriov_numvfs)."));
    }
}
