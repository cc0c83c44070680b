package org.sluice.model.protocol;

import static java.util.Objects.requireNonNull;

/**
 * Identity of a physical function within its host: PCI addresses and names change at reboot, this does not.
 *
 * @param serial serial number of the card (VPD "SN", or the PF's permanent MAC address where the card has no VPD)
 * @param port which port of the card, counted from 0
 */
public record PhysicalFunctionKey(String serial, int port) {
    public PhysicalFunctionKey {
        requireNonNull(serial, "serial is null");
    }
}
