package org.sluice.linux.pci;

import static java.util.Objects.requireNonNull;

/**
 * A network device of a PCI function. A function may have several: representors of VFs, or a port each (mlx4).
 *
 * @param name the device's name in the namespace from which sysfs was mounted
 * @param mac its address in lower case, empty when it has none
 * @param devicePort number of the port on a function with several, from 0
 * @param physicalPortName {@code p0}, {@code pf0vf1}, {@code vf1} ... or empty
 * @param switchId the switch it is a port of, in hex, or empty
 */
public record PciNetworkDevice(String name, String mac, int devicePort, String physicalPortName, String switchId) {
    /** Checks for null. */
    public PciNetworkDevice {
        requireNonNull(name, "name is null");
        requireNonNull(mac, "mac is null");
        requireNonNull(physicalPortName, "physicalPortName is null");
        requireNonNull(switchId, "switchId is null");
    }

    /** Whether it stands for a VF or a sub-function in the host, and is not the function's own port. */
    public boolean isRepresentor() {
        return physicalPortName.matches("(?:c\\d+)?(?:pf\\d+)?(?:vf|sf)\\d+|(?:c\\d+)?pf\\d+");
    }
}
