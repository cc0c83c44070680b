package org.sluice.linux.pci;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A card's vital product data (PCI 3.0, appendix I): resources with a tag, in which keywords of two letters have values. */
final class VitalProductData {
    private static final int LARGE_RESOURCE = 0x80;
    private static final int READ_ONLY_DATA = 0x90;
    private static final int SMALL_RESOURCE_LENGTH_MASK = 0x07;

    private final byte[] bytes;

    VitalProductData(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The keyword SN. */
    Optional<String> serialNumber() {
        int offset = 0;
        while (offset < bytes.length) {
            int tag = at(offset);
            if ((tag & LARGE_RESOURCE) == 0) {
                if (tag >>> 3 == 0x0F) {
                    // The end tag, whatever its length.
                    return Optional.empty();
                }
                offset += 1 + (tag & SMALL_RESOURCE_LENGTH_MASK);
                continue;
            }
            if (offset + 3 > bytes.length) {
                return Optional.empty();
            }
            int length = at(offset + 1) | at(offset + 2) << 8;
            int start = offset + 3;
            if (tag == READ_ONLY_DATA) {
                return keyword("SN", start, Math.min(bytes.length, start + length));
            }
            offset = start + length;
        }
        return Optional.empty();
    }

    private Optional<String> keyword(String wanted, int start, int end) {
        int offset = start;
        while (offset + 3 <= end) {
            int length = at(offset + 2);
            int valueStart = offset + 3;
            if (valueStart + length > end) {
                return Optional.empty();
            }
            if (new String(bytes, offset, 2, StandardCharsets.US_ASCII).equals(wanted)) {
                String value = new String(bytes, valueStart, length, StandardCharsets.US_ASCII)
                        .replace('\0', ' ')
                        .strip();
                return value.isEmpty() ? Optional.empty() : Optional.of(value);
            }
            offset = valueStart + length;
        }
        return Optional.empty();
    }

    private int at(int offset) {
        return bytes[offset] & 0xFF;
    }
}
