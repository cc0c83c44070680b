package org.sluice.linux.pci;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a PCI function is. It names a place, not a card: it may change at reboot.
 *
 * @param domain 0 to 2^32 - 1; more than 16 bits behind some host controllers (VMD, Hyper-V)
 * @param bus 0 to 255
 * @param device 0 to 31
 * @param function 0 to 7
 */
public record PciAddress(long domain, int bus, int device, int function) implements Comparable<PciAddress> {
    private static final Pattern TEXT =
            Pattern.compile("([0-9a-fA-F]{4,8}):([0-9a-fA-F]{2}):([01][0-9a-fA-F])\\.([0-7])");
    private static final Comparator<PciAddress> ORDER = Comparator.comparingLong(PciAddress::domain)
            .thenComparingInt(PciAddress::bus)
            .thenComparingInt(PciAddress::device)
            .thenComparingInt(PciAddress::function);

    /** Checks the ranges. */
    public PciAddress {
        if (domain >>> 32 != 0 || bus >>> 8 != 0 || device >>> 5 != 0 || function >>> 3 != 0) {
            throw new IllegalArgumentException(
                    "A PCI address has a domain of 32 bits, a bus of 8, a device of 5 and a function" + " of 3.");
        }
    }

    /** Reads {@code 0000:01:10.0}, or with a domain of up to eight digits {@code 10000:01:10.0}. */
    public static PciAddress parse(String text) {
        Matcher matcher = TEXT.matcher(requireNonNull(text, "text is null"));
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a PCI address: write domain:bus:device.function as in 0000:01:10.0.");
        }
        return new PciAddress(
                Long.parseLong(matcher.group(1), 16),
                Integer.parseInt(matcher.group(2), 16),
                Integer.parseInt(matcher.group(3), 16),
                Integer.parseInt(matcher.group(4)));
    }

    /** Whether {@link #parse} takes the text. */
    public static boolean matches(String text) {
        return TEXT.matcher(text).matches();
    }

    @Override
    public int compareTo(PciAddress other) {
        return ORDER.compare(this, other);
    }

    /** As sysfs and libvirt write it. */
    @Override
    public String toString() {
        return "%04x:%02x:%02x.%d".formatted(domain, bus, device, function);
    }
}
