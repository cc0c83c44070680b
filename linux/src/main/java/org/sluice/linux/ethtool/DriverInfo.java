package org.sluice.linux.ethtool;

import static java.util.Objects.requireNonNull;

/**
 * The driver of a device (struct ethtool_drvinfo). A text is empty when the driver does not say.
 *
 * @param driver its name, for example {@code igb}
 * @param version its version; for most drivers the kernel's own
 * @param firmware the card's firmware
 * @param bus where the device is, for a PCI function its address
 */
public record DriverInfo(String driver, String version, String firmware, String bus) {
    /** Checks for null. */
    public DriverInfo {
        requireNonNull(driver, "driver is null");
        requireNonNull(version, "version is null");
        requireNonNull(firmware, "firmware is null");
        requireNonNull(bus, "bus is null");
    }
}
