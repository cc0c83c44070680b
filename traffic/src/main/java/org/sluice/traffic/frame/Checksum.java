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

    private static final int WORTH_VECTORS = 192;
    private static final int VECTOR_STEP = 32;

    private Checksum() {}

    /**
     * Adds up the bytes as 32-bit words in the machine's order, which after {@link #fold} is the same as 16-bit words because
     * 2^16 is 1 in arithmetic modulo 2^16 - 1. The sum of 9,216 bytes has at most 44 bits and cannot overflow.
     *
     * @param from in bounds together with length: the caller's duty, the segment checks it once more
     */
    static long sum(MemorySegment memory, long from, int length) {
        if (length < WORTH_VECTORS) {
            return few(memory, from, length);
        }
        int bulk = length & -VECTOR_STEP;
        return many(memory, from, bulk) + few(memory, from + bulk, length - bulk);
    }

    /** So simple a loop becomes vector instructions, which pay off when it is long. */
    private static long many(MemorySegment memory, long from, int length) {
        long sum = 0;
        // Up to length, a multiple of four.
        for (int at = 0; at < length; at += Integer.BYTES) {
            sum += memory.get(ValueLayout.JAVA_INT_UNALIGNED, from + at) & LOW;
        }
        return sum;
    }

    private static long few(MemorySegment memory, long from, int length) {
        long even = 0;
        long odd = 0;
        int at = 0;
        // Eight bytes each, of which the last ends at or before length.
        for (int end = length - Long.BYTES; at <= end; at += Long.BYTES) {
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

    /** A sum in the machine's order as one in the order of the wire, folded. */
    static int bigEndian(long sum) {
        return word(fold(sum));
    }

    /** Carries back until 16 bits are left. Only of 0 it makes 0. */
    static int fold(long sum) {
        // The upper half of a number plus itself with halves swapped is the sum of both and of its carry.
        int folded = (int) ((sum + Long.rotateLeft(sum, Integer.SIZE)) >>> Integer.SIZE);
        return (folded + Integer.rotateLeft(folded, Short.SIZE)) >>> Short.SIZE;
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
