package org.sluice.traffic.frame;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Headers of frames that were found whole, so that the next frame of the same flow needs comparing only: with the same headers and
 * the same length its checksums are right exactly when its payload has the same sum. Holds some hundred flows; one that finds its place
 * taken takes it over. For one thread.
 */
final class KnownHeaders {
    private static final int PLACES = 256;

    /** Of a place: room for the longest headers (two tags, IPv6, UDP: 70 bytes), then length and sum. */
    private static final int WORDS_SHIFT = 4;

    private static final int LENGTH = 14;
    private static final int SUM = 15;
    private static final long NOTHING = -1;
    private static final long LOW = 0xFFFF_FFFFL;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;

    private final long[] places = new long[PLACES << WORDS_SHIFT];
    private int headerLength;

    KnownHeaders() {
        forget();
    }

    /** Knows none from now on. */
    void forget() {
        headerLength = Integer.MAX_VALUE - Signature.LENGTH;
        Arrays.fill(places, NOTHING);
    }

    /** Bytes before the signature in every frame that is known; too many for any frame while none is known. */
    int headerLength() {
        return headerLength;
    }

    /**
     * Whether a frame with the same headers, length and sum of the payload was whole.
     *
     * @param length at least {@link #headerLength} and a signature, all in bounds: the caller's duty
     */
    boolean contain(MemorySegment memory, long at, int length) {
        int last = headerLength - Long.BYTES;
        // Each word ends at or before headerLength; in the table 9 words are the most of 14.
        long end = memory.get(WORD, at + last);
        int place = placeOf(end);
        // Written out: a loop of so few rounds costs more than what is in it. The shortest headers have 42 bytes.
        long difference = (end ^ places[place])
                | (length ^ places[place + LENGTH])
                | (memory.get(WORD, at) ^ places[place + 1])
                | (memory.get(WORD, at + 8) ^ places[place + 2])
                | (memory.get(WORD, at + 16) ^ places[place + 3])
                | (memory.get(WORD, at + 24) ^ places[place + 4])
                | (memory.get(WORD, at + 32) ^ places[place + 5]);
        for (int offset = 40; offset < last; offset += Long.BYTES) {
            difference |= memory.get(WORD, at + offset) ^ places[place + 1 + (offset >>> 3)];
        }
        return difference == 0 && sum(memory, at, length) == places[place + SUM];
    }

    /**
     * Remembers a whole frame.
     *
     * @param header bytes before its signature, the same for all frames since the last {@link #forget}
     */
    void add(MemorySegment memory, long at, int length, int header) {
        headerLength = header;
        int last = header - Long.BYTES;
        // In bounds as above: the frame is as long as its headers and a signature.
        long end = memory.get(WORD, at + last);
        int place = placeOf(end);
        places[place + LENGTH] = length;
        places[place + SUM] = sum(memory, at, length);
        places[place] = end;
        for (int offset = 0; offset < last; offset += Long.BYTES) {
            place++;
            places[place] = memory.get(WORD, at + offset);
        }
    }

    /** Never 0, and so without two forms of the same sum: the payload begins with the magic. */
    private long sum(MemorySegment memory, long at, int length) {
        long payload = at + headerLength;
        int size = length - headerLength;
        if (size != Signature.LENGTH) {
            return Checksum.fold(Checksum.sum(memory, payload, size));
        }
        // The shortest frames, written out for the same reason: 18 bytes.
        long one = memory.get(WORD, payload);
        long two = memory.get(WORD, payload + Long.BYTES);
        long three = memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, payload + 2 * Long.BYTES) & 0xFFFF;
        return Checksum.fold((one & LOW) + (one >>> 32) + (two & LOW) + (two >>> 32) + three);
    }

    /** By the UDP checksum, the end of the headers, which differs between flows. */
    private static int placeOf(long end) {
        return (int) ((end >>> 48 ^ end >>> 56) & (PLACES - 1)) << WORDS_SHIFT;
    }
}
