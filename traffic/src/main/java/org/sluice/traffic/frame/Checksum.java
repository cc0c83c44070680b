package org.sluice.traffic.frame;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The Internet checksum (RFC 1071). Sums are kept in the machine's own byte order: section 2 (B) shows that only the end result
 * needs swapping, and whether a checksum is right can be seen without that.
 */
final class Checksum {
    /** What the folded sum over data with a right checksum is, in either byte order. */
    static final int RIGHT = 0xFFFF;

    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    private static final long LOW = 0xFFFFFFFFL;

    private Checksum() {}

    /**
     * Adds up the bytes as 32-bit words in the machine's order, which after {@link #fold} is the same as 16-bit words because
     * 2^16 is 1 in arithmetic modulo 2^16 - 1. The sum of 9,216 bytes has at most 44 bits and cannot overflow.
     *
     * @param from in bounds together with length: the caller's duty, the segment checks it once more
     */
    static long sum(MemorySegment memory, long from, int length) {
        long even = 0;
        long odd = 0;
        int at = 0;
        // Each access lies below from + length.
        for (int end = length - 31; at < end; at += 32) {
            long first = memory.get(ValueLayout.JAVA_LONG_UNALIGNED, from + at);
            long second = memory.get(ValueLayout.JAVA_LONG_UNALIGNED, from + at + 8);
            long third = memory.get(ValueLayout.JAVA_LONG_UNALIGNED, from + at + 16);
            long fourth = memory.get(ValueLayout.JAVA_LONG_UNALIGNED, from + at + 24);
            even += (first & LOW) + (second & LOW) + (third & LOW) + (fourth & LOW);
            odd += (first >>> 32) + (second >>> 32) + (third >>> 32) + (fourth >>> 32);
        }
        for (int end = length - 7; at < end; at += 8) {
            long word = memory.get(ValueLayout.JAVA_LONG_UNALIGNED, from + at);
            even += word & LOW;
            odd += word >>> 32;
        }
        return even + odd + tail(memory, from + at, length - at);
    }

    /** The last 0 to 7 bytes; an odd last one counts as if a zero followed. */
    private static long tail(MemorySegment memory, long from, int length) {
        long sum = 0;
        long at = from;
        if ((length & 4) != 0) {
            sum += memory.get(ValueLayout.JAVA_INT_UNALIGNED, at) & LOW;
            at += 4;
        }
        if ((length & 2) != 0) {
            sum += memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, at) & 0xFFFF;
            at += 2;
        }
        if ((length & 1) != 0) {
            int last = memory.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
            sum += LITTLE ? last : last << Byte.SIZE;
        }
        return sum;
    }

    /** What a 16-bit field of this value adds to a sum. */
    static int word(int value) {
        return LITTLE ? Short.toUnsignedInt(Short.reverseBytes((short) value)) : value;
    }

    /** Carries back until 16 bits are left. */
    static int fold(long sum) {
        long folded = (sum & LOW) + (sum >>> 32);
        folded = (folded & 0xFFFF) + (folded >>> 16);
        folded = (folded & 0xFFFF) + (folded >>> 16);
        return (int) ((folded & 0xFFFF) + (folded >>> 16));
    }

    /** The value for the checksum field, in host order: the complement of the sum over everything else. */
    static int field(long sum) {
        return word(~fold(sum) & 0xFFFF);
    }

    /** The same for UDP, where 0 would say "none" (RFC 768; forbidden by RFC 8200, section 8.1) and is sent as all ones. */
    static int udpField(long sum) {
        int field = field(sum);
        return field == 0 ? 0xFFFF : field;
    }
}
