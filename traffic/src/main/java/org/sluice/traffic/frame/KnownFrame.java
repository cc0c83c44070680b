package org.sluice.traffic.frame;

/**
 * A whole frame, to compare others with. When another one is as long and the same up to the stream in its signature, its checksums are
 * right exactly when the rest has the same sum. Used again for another frame, so that receiving allocates nothing.
 *
 * <p>Words are compared as they lie in the array, so another frame must begin at the same byte of a word, as all frames of a ring do.
 */
final class KnownFrame {
    /** Words that are compared one by one: the shortest headers and what is compared of the signature have 48 bytes. */
    private static final int WRITTEN_OUT = 7;

    /** Magic, epoch and stream. */
    private static final int OF_SIGNATURE = 6;

    /** Two tags, IPv6, UDP and what is compared of the signature have 76 bytes, which end in the fourth of the further words. */
    private static final int MOST_MORE = 4;

    private static final long LOW = 0xFFFF_FFFFL;

    private int phase;
    private int length = -1;
    private int header;
    private int epoch;
    private int stream;
    private int sum;
    private long firstMask;
    private long first;
    private long second;
    private long third;
    private long fourth;
    private long fifth;
    private long sixth;
    private long seventh;
    private long seventhMask;
    private int mores;
    private final long[] more = new long[MOST_MORE];
    private final long[] moreMask = new long[MOST_MORE];
    /** Where what is summed up begins, and how many words of it are whole. */
    private int rest;

    private int wholeWords;
    private long lastMask;

    /**
     * Becomes another one.
     *
     * @param headerLength bytes before the signature, 42 to 70; the frame goes on for at least a signature
     */
    void set(long[] words, int at, int frameLength, int headerLength) {
        phase = at & 7;
        length = frameLength;
        header = headerLength;
        long signature = FrameWords.bigEndian(words, at + header);
        epoch = Signature.epoch(signature);
        stream = Signature.stream(signature);
        int word = at >>> 3;
        int compared = phase + header + OF_SIGNATURE;
        rest = compared >>> 3;
        wholeWords = ((phase + length) >>> 3) - rest;
        lastMask = below(phase + length);
        firstMask = -1L << (phase << 3);
        first = words[word];
        second = words[word + 1];
        third = words[word + 2];
        fourth = words[word + 3];
        fifth = words[word + 4];
        sixth = words[word + 5];
        seventh = words[word + 6];
        seventhMask = rest < WRITTEN_OUT ? below(compared) : -1;
        mores = Math.max(0, ((compared + 7) >>> 3) - WRITTEN_OUT);
        for (int i = 0; i < mores; i++) {
            more[i] = words[word + WRITTEN_OUT + i];
            moreMask[i] = WRITTEN_OUT + i < rest ? -1 : below(compared);
        }
        sum = sum(words, word + rest);
    }

    /** The bytes of a word before an offset that is in it. */
    private static long below(int offset) {
        return (1L << (offset << 3)) - 1;
    }

    int epoch() {
        return epoch;
    }

    int stream() {
        return stream;
    }

    /** Where the signature of a frame like this is. */
    int signature(int at) {
        return at + header;
    }

    /**
     * Whether a frame is whole because it is like this one.
     *
     * @param otherLength its bytes from {@code at}, all of which are in the words: the caller's duty
     */
    boolean isLike(long[] words, int at, int otherLength) {
        if (((otherLength ^ length) | ((at & 7) ^ phase)) != 0) {
            return false;
        }
        int word = at >>> 3;
        // Written out: a loop of so few rounds costs more than what is in it.
        long difference = ((words[word] ^ first) & firstMask)
                | (words[word + 1] ^ second)
                | (words[word + 2] ^ third)
                | (words[word + 3] ^ fourth)
                | (words[word + 4] ^ fifth)
                | (words[word + 5] ^ sixth)
                | ((words[word + 6] ^ seventh) & seventhMask);
        for (int i = 0; i < mores; i++) {
            difference |= (words[word + WRITTEN_OUT + i] ^ more[i]) & moreMask[i];
        }
        return difference == 0 && sum(words, word + rest) == sum;
    }

    /**
     * The sum of the words that are not all compared. A sum of zeros alone differs from another one that is a multiple of 65,535:
     * then a whole frame is judged once more, by its checksum.
     */
    private int sum(long[] words, int from) {
        long last = words[from + wholeWords] & lastMask;
        if (wholeWords == 1) {
            // The shortest frames: the carry of the one addition is added again.
            long both = words[from] + last;
            return Checksum.fold(Long.compareUnsigned(both, last) < 0 ? both + 1 : both);
        }
        long low = last & LOW;
        long high = last >>> Integer.SIZE;
        for (int i = from; i < from + wholeWords; i++) {
            low += words[i] & LOW;
            high += words[i] >>> Integer.SIZE;
        }
        return Checksum.fold(low + high);
    }
}
