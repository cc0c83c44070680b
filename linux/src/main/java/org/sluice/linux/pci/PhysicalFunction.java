package org.sluice.linux.pci;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * A function that can have VFs.
 *
 * @param function what it is as a PCI function
 * @param totalVfs how many it can have
 * @param vfCount how many it has ({@code sriov_numvfs})
 * @param driversAutoprobe whether new VFs are given to a driver at once
 * @param serialNumber the card's serial number from its vital product data, empty when it has none that can be read
 * @param virtualFunctions its VFs by number; fewer than {@code vfCount} while the kernel is still making them
 */
public record PhysicalFunction(
        PciFunction function,
        int totalVfs,
        int vfCount,
        boolean driversAutoprobe,
        String serialNumber,
        List<VirtualFunction> virtualFunctions) {
    /** Checks for null and copies the list. */
    public PhysicalFunction {
        requireNonNull(function, "function is null");
        requireNonNull(serialNumber, "serialNumber is null");
        virtualFunctions = List.copyOf(virtualFunctions);
    }

    /** Where it is. */
    public PciAddress address() {
        return function.address();
    }

    /** The card's serial number from its vital product data. */
    public Optional<String> serial() {
        return serialNumber.isEmpty() ? Optional.empty() : Optional.of(serialNumber);
    }
}
