package org.sluice.linux.pci;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One PCI function.
 *
 * @param address where it is
 * @param id vendor and device
 * @param subsystem the card maker's vendor and device
 * @param classCode 24 bits; 0x020000 is an Ethernet controller
 * @param driverName the driver bound to it, empty for none
 * @param numaNode the NUMA node it is near to, -1 when the machine does not say
 * @param iommuGroupNumber its IOMMU group, -1 when the IOMMU is off
 * @param networkDevices its network devices, by name; empty without a driver, or while a namespace of its own has them
 */
public record PciFunction(
        PciAddress address,
        PciId id,
        PciId subsystem,
        int classCode,
        String driverName,
        int numaNode,
        int iommuGroupNumber,
        List<PciNetworkDevice> networkDevices) {
    /** Checks for null and copies the list. */
    public PciFunction {
        requireNonNull(address, "address is null");
        requireNonNull(id, "id is null");
        requireNonNull(subsystem, "subsystem is null");
        requireNonNull(driverName, "driverName is null");
        networkDevices = List.copyOf(networkDevices);
    }

    /** The driver bound to it. */
    public Optional<String> driver() {
        return driverName.isEmpty() ? Optional.empty() : Optional.of(driverName);
    }

    /** Its IOMMU group. */
    public OptionalInt iommuGroup() {
        return iommuGroupNumber < 0 ? OptionalInt.empty() : OptionalInt.of(iommuGroupNumber);
    }

    /** The function's own network device: the first that is no representor, by port and name. */
    public Optional<PciNetworkDevice> networkDevice() {
        return networkDevices.stream().filter(device -> !device.isRepresentor()).findFirst();
    }
}
