package org.sluice.linux.pci;

import static java.util.Objects.requireNonNull;

/**
 * A VF under its PF.
 *
 * @param index its number at the PF, from 0; the N of {@code virtfnN} and of {@code ip link set ... vf N}
 * @param physicalFunction address of its PF
 * @param function what it is as a PCI function
 */
public record VirtualFunction(int index, PciAddress physicalFunction, PciFunction function) {
    /** Checks for null. */
    public VirtualFunction {
        requireNonNull(physicalFunction, "physicalFunction is null");
        requireNonNull(function, "function is null");
    }
}
