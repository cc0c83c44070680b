package org.sluice.linux.pci;

/**
 * Who made a device and which one it is.
 *
 * @param vendor 16 bits, for example 0x8086
 * @param device 16 bits, for example 0x10ca
 */
public record PciId(int vendor, int device) {
    /** Checks the ranges. */
    public PciId {
        if (vendor >>> 16 != 0 || device >>> 16 != 0) {
            throw new IllegalArgumentException("A PCI vendor or device id has 16 bits.");
        }
    }

    /** As OpenStack writes it: {@code 8086:10ca}. */
    @Override
    public String toString() {
        return "%04x:%04x".formatted(vendor, device);
    }
}
