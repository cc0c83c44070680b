package org.sluice.linux.net;

import static java.util.Objects.requireNonNull;

import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * An Ethernet address (IEEE 802 EUI-48).
 *
 * @param value the 48 bits, first byte on the wire in the highest place
 */
public record MacAddress(long value) implements Comparable<MacAddress> {
    /** 00:00:00:00:00:00, which for a VF means "none assigned by the administrator". */
    public static final MacAddress ZERO = new MacAddress(0);

    /** Bytes of an address. */
    public static final int LENGTH = 6;

    private static final Pattern TEXT = Pattern.compile("(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}");
    private static final HexFormat COLONS = HexFormat.ofDelimiter(":");

    /** Checks the range. */
    public MacAddress {
        if (value >>> 48 != 0) {
            throw new IllegalArgumentException("A MAC address has 48 bits.");
        }
    }

    /** Reads {@code 52:54:00:bb:00:01}, upper or lower case. */
    public static MacAddress parse(String text) {
        requireNonNull(text, "text is null");
        if (!TEXT.matcher(text).matches()) {
            throw new IllegalArgumentException("\"" + text
                    + "\" is not a MAC address: write six bytes in hex with colons, as in 52:54:00:bb:00:01.");
        }
        return of(COLONS.parseHex(text), 0);
    }

    /** Reads six bytes at the offset. */
    static MacAddress of(byte[] bytes, int offset) {
        long value = 0;
        for (int i = 0; i < LENGTH; i++) {
            value = value << 8 | (bytes[offset + i] & 0xFF);
        }
        return new MacAddress(value);
    }

    /** The six bytes in the order of the wire. */
    public byte[] bytes() {
        byte[] bytes = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            bytes[i] = (byte) (value >>> (8 * (LENGTH - 1 - i)));
        }
        return bytes;
    }

    /** Whether all bits are zero. */
    public boolean isZero() {
        return value == 0;
    }

    /** Whether the group bit is set: multicast or broadcast, never the address of a function. */
    public boolean isMulticast() {
        return ((value >>> 40) & 1) != 0;
    }

    @Override
    public int compareTo(MacAddress other) {
        return Long.compare(value, other.value);
    }

    /** Lower case with colons, as the kernel writes it. */
    @Override
    public String toString() {
        return COLONS.formatHex(bytes());
    }
}
