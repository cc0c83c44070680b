package org.sluice.model.protocol;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * An attribute of VFs that a kind of card refused, and that its driver is not asked for again for a while.
 *
 * @param key names the kind of card on its host; all its refusals have the same one
 * @param vendorId PCI vendor, four lower-case hexadecimal digits
 * @param deviceId PCI device, four lower-case hexadecimal digits
 * @param driver kernel driver, {@code igb}
 * @param moduleVersion version of the driver's module; empty for one that comes with the kernel
 * @param firmware the card's firmware as the driver names it; empty when it does not
 * @param eswitchMode {@code legacy}, or {@code unknown}
 * @param attribute what {@code ip link set PF vf N} calls it
 * @param errno what it was answered with; empty when nothing was
 * @param learnedAt when, by the host's clock
 * @param ageSeconds how long ago that is by the same clock, seconds
 * @param forgottenInSeconds after how long the driver is asked again, seconds
 */
public record DriverRefusal(
        String key,
        String vendorId,
        String deviceId,
        String driver,
        String moduleVersion,
        String firmware,
        String eswitchMode,
        String attribute,
        String errno,
        Instant learnedAt,
        long ageSeconds,
        long forgottenInSeconds) {
    public DriverRefusal {
        requireNonNull(key, "key is null");
        requireNonNull(vendorId, "vendorId is null");
        requireNonNull(deviceId, "deviceId is null");
        requireNonNull(driver, "driver is null");
        requireNonNull(moduleVersion, "moduleVersion is null");
        requireNonNull(firmware, "firmware is null");
        requireNonNull(eswitchMode, "eswitchMode is null");
        requireNonNull(attribute, "attribute is null");
        requireNonNull(errno, "errno is null");
        requireNonNull(learnedAt, "learnedAt is null");
    }
}
