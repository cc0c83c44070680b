package org.sluice.model.protocol;

import static java.util.Objects.requireNonNull;

/**
 * A virtual function as an agent found it.
 *
 * @param index number under its PF, from 0 ({@code virtfnN} in sysfs)
 * @param address PCI address, {@code 0000:01:10.0}
 * @param iommuGroup IOMMU group number, -1 when there is none (IOMMU off: it cannot be handed to a VM)
 * @param driver kernel driver it is bound to, empty when none
 */
public record VirtualFunction(int index, String address, int iommuGroup, String driver) {
    public VirtualFunction {
        requireNonNull(address, "address is null");
        requireNonNull(driver, "driver is null");
    }
}
