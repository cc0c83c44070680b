package org.sluice.traffic.engine;

import java.util.Arrays;
import java.util.OptionalLong;

/**
 * Which frames of one stream have arrived, by their sequence numbers from 0: tells first arrivals from copies, and those in order
 * from those overtaken (RFC 4737, section 3). It remembers the last {@value #WINDOW} numbers; a frame older than that counts
 * as a copy. For one thread.
 */
final class SequenceTracker {
    static final int WINDOW = 1 << 22;

    private static final int WORD_MASK = WINDOW / Long.SIZE - 1;

    private final long[] seen = new long[WINDOW / Long.SIZE];
    private long next;
    private long received;
    private long reordered;
    private long duplicated;

    /** Forgets everything. */
    void clear() {
        Arrays.fill(seen, 0);
        next = 0;
        received = 0;
        reordered = 0;
        duplicated = 0;
    }

    /** Takes note of a frame that arrived whole. */
    void arrived(long sequence) {
        if (sequence == next) {
            // The common case, without a loop: a word is entered by its first bit.
            int word = word(sequence);
            long bit = 1L << sequence;
            seen[word] = bit == 1 ? bit : seen[word] | bit;
            next = sequence + 1;
            received++;
        } else if (sequence > next) {
            forgetUpTo(sequence);
            next = sequence + 1;
            received++;
            seen[word(sequence)] |= 1L << sequence;
        } else if (next - sequence > WINDOW || (seen[word(sequence)] & 1L << sequence) != 0) {
            duplicated++;
        } else {
            seen[word(sequence)] |= 1L << sequence;
            received++;
            reordered++;
        }
    }

    /** The words that the numbers from next to this one live in are those of numbers a window ago. */
    private void forgetUpTo(long sequence) {
        // The word of next - 1 is in use already; each one after it is entered for the first time in this round.
        long first = next == 0 ? 0 : ((next - 1) >>> 6) + 1;
        long last = sequence >>> 6;
        if (last - first >= seen.length) {
            first = last - seen.length + 1;
        }
        for (long word = first; word <= last; word++) {
            seen[(int) word & WORD_MASK] = 0;
        }
    }

    private static int word(long sequence) {
        return (int) (sequence >>> 6) & WORD_MASK;
    }

    /** Frames that arrived, each counted once. */
    long received() {
        return received;
    }

    /** Those of them that came after one with a higher number. */
    long reordered() {
        return reordered;
    }

    /** Further copies. */
    long duplicated() {
        return duplicated;
    }

    /** The highest number below {@code sent} that did not arrive, if it is one of those remembered. */
    OptionalLong lastMissing(long sent) {
        if (next < sent) {
            return OptionalLong.of(sent - 1);
        }
        long oldest = Math.max(0, next - WINDOW);
        for (long sequence = sent - 1; sequence >= oldest; sequence--) {
            if ((seen[word(sequence)] & 1L << sequence) == 0) {
                return OptionalLong.of(sequence);
            }
        }
        return OptionalLong.empty();
    }
}
