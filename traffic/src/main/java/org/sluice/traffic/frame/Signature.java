package org.sluice.traffic.frame;

import java.lang.foreign.MemorySegment;

/**
 * What tells our frames from others, and one from another: the first 18 bytes of the UDP payload, at the same place for all sizes.
 * All fields are big-endian:
 *
 * <pre>
 *  0  magic     32 bit  53 4C 55 43, "SLUC"
 *  4  epoch      8 bit  which trial, so that stragglers of the last one do not count
 *  5  stream     8 bit
 *  6  sequence  32 bit  from 0, each stream its own
 * 10  stamp     48 bit  nanoseconds of the sender's clock modulo 2^48 (78 hours), 0 for none
 * 16  balance   16 bit
 * </pre>
 *
 * <p>Balance is the one's complement of the one's complement sum of the eight words before it. The nine words therefore sum up to
 * minus zero whatever they are, and the UDP checksum (RFC 768, RFC 1071) of a frame is the same for all signatures: it is computed
 * once for each template, never while sending. Because the magic is not zero the sum is never plus zero, which one's complement
 * arithmetic would tell apart.
 *
 * <p>Static, without allocation, for several threads on different frames. The caller sees to it that 18 bytes from {@code at} lie
 * within the segment.
 */
public final class Signature {
    /** Bytes of a signature. */
    public static final int LENGTH = 18;

    /** The first four bytes. */
    public static final int MAGIC = 0x534C5543;

    /** What a stamp keeps of a clock in nanoseconds. */
    public static final long STAMP_MASK = 0xFFFF_FFFF_FFFFL;

    static final int STREAM = 5;
    static final int SECOND = Long.BYTES;
    private static final int BALANCE = 2 * Long.BYTES;
    private static final long SEQUENCE_MASK = 0xFFFF_FFFFL;
    private static final long LANES = 0x0000_FFFF_0000_FFFFL;

    private Signature() {}

    /**
     * Writes one.
     *
     * @param epoch the low 8 bits count
     * @param stream the low 8 bits count
     * @param sequence the low 32 bits count
     * @param stamp the low 48 bits count; 0 for none
     */
    public static void write(MemorySegment frames, long at, int epoch, int stream, long sequence, long stamp) {
        long number = sequence & SEQUENCE_MASK;
        long first = (long) MAGIC << 32 | (epoch & 0xFFL) << 24 | (stream & 0xFFL) << 16 | number >>> 16;
        long second = number << 48 | (stamp & STAMP_MASK);
        // Bytes 0 to 17 from at: within the template that the caller copied there.
        frames.set(Headers.LONG, at, first);
        frames.set(Headers.LONG, at + SECOND, second);
        frames.set(Headers.SHORT, at + BALANCE, balance(first, second));
    }

    /** Whether the magic is there. Says nothing about whether the rest is whole. */
    public static boolean isPresent(MemorySegment frames, long at) {
        return frames.get(Headers.INT, at) == MAGIC;
    }

    /** Whether the magic is there and nothing else of it is damaged, as far as the balance shows. */
    static boolean isIntact(MemorySegment frames, long at) {
        long first = frames.get(Headers.LONG, at);
        return (int) (first >>> 32) == MAGIC
                && frames.get(Headers.SHORT, at + BALANCE) == balance(first, frames.get(Headers.LONG, at + SECOND));
    }

    /** 0 to 255. */
    public static int epoch(MemorySegment frames, long at) {
        return epoch(frames.get(Headers.LONG, at));
    }

    /** 0 to 255. */
    public static int stream(MemorySegment frames, long at) {
        return stream(frames.get(Headers.LONG, at));
    }

    /** 0 to 2^32 - 1. */
    public static long sequence(MemorySegment frames, long at) {
        return sequence(frames.get(Headers.LONG, at), frames.get(Headers.LONG, at + SECOND));
    }

    /** 0 to 2^48 - 1; 0 for none. */
    public static long stamp(MemorySegment frames, long at) {
        return stamp(frames.get(Headers.LONG, at + SECOND));
    }

    static int epoch(long first) {
        return (int) (first >>> 24) & 0xFF;
    }

    static int stream(long first) {
        return (int) (first >>> 16) & 0xFF;
    }

    static long sequence(long first, long second) {
        return (first & 0xFFFF) << 16 | second >>> 48;
    }

    static long stamp(long second) {
        return second & STAMP_MASK;
    }

    private static short balance(long first, long second) {
        // Two lanes of 32 bits, each the sum of four words: at most 18 bits.
        long lanes = (first & LANES) + (first >>> 16 & LANES) + (second & LANES) + (second >>> 16 & LANES);
        int sum = (int) (lanes >>> 32) + (int) lanes;
        sum = (sum & 0xFFFF) + (sum >>> 16);
        sum = (sum & 0xFFFF) + (sum >>> 16);
        return (short) ~sum;
    }
}
