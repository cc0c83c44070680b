package org.sluice.traffic.frame;

import static java.util.Objects.requireNonNull;

import java.lang.foreign.MemorySegment;

/**
 * Received frames, copied out of a ring into an array: there the virtual machine checks bounds once for a whole frame, and in a ring
 * with every single access that the memory is still mapped, which takes longer than the judging of a small frame. For a little-endian
 * machine: the lowest byte of a word comes first. For one thread.
 */
public final class FrameWords {
    private final long[] words;
    private final MemorySegment memory;

    /** @param words frames anywhere in it, each with at least a word behind it */
    public FrameWords(long[] words) {
        this.words = requireNonNull(words, "words is null");
        this.memory = MemorySegment.ofArray(words);
    }

    /** The array itself. */
    public long[] words() {
        return words;
    }

    /** The same bytes for those who look at them one by one. */
    public MemorySegment memory() {
        return memory;
    }

    /** The byte there, 0 to 255. */
    static int octet(long[] words, int at) {
        return (int) (words[at >>> 3] >>> (at << 3)) & 0xFF;
    }

    /** The eight bytes from there as a number in the order of the wire; a word behind them is looked at too. */
    static long bigEndian(long[] words, int at) {
        int word = at >>> 3;
        int shift = (at & 7) << 3;
        // In two steps: a shift by 64, for a frame at a word's start, would be none.
        return Long.reverseBytes((words[word] >>> shift) | (words[word + 1] << 1 << (63 - shift)));
    }
}
