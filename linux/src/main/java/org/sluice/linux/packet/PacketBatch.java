package org.sluice.linux.packet;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * The next frames of a {@link PacketReceiver}, copied out of its ring slot by slot, headers included; the kernel has the slots back.
 * For those who take every frame as fast as it comes:
 *
 * <pre>{@code
 * int count = batch.take();
 * for (int i = 0; i < count; i++) {
 *     use(batch.words(), batch.frame(i), batch.captured(i), batch.stamp(i));
 * }
 * }</pre>
 *
 * <p>For the thread of its receiver, which must not use the receiver's own cursor between the start of {@link #take} and its end.
 */
public final class PacketBatch {
    /** Of words: small against the first cache, large against what a copy costs before its first byte. */
    private static final int SIZE = 512;

    /** Frames that stay in a slot of this size are copied with their neighbours, others alone: much of their slot may be empty. */
    private static final int SMALL_SLOT = 256;

    /** Words of struct tpacket2_hdr: status and length; captured bytes, offsets of frame and network header; time stamp; tag. */
    private static final int PLACES = 1;

    private static final int TIME = 2;
    private static final int TAG = 3;
    private static final long LOW = 0xFFFF_FFFFL;

    private final PacketReceiver receiver;
    private final MemorySegment ring;
    private final int slotWords;
    private final int slots;
    private final long[] words;

    PacketBatch(PacketReceiver receiver, MemorySegment ring, int slotSize) {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new IllegalStateException("Batches of frames are read on little-endian machines only.");
        }
        this.receiver = receiver;
        this.ring = ring;
        this.slotWords = slotSize / Long.BYTES;
        this.slots = slotSize <= SMALL_SLOT ? SIZE / slotWords : 1;
        // One more, so that eight bytes can be taken out of two words anywhere in a frame.
        this.words = new long[slots * slotWords + 1];
    }

    /** Copies what is there, as much as has room. Says how many frames that is; what was there before is gone. */
    public int take() {
        int count = receiver.filled(slots);
        if (count > 0) {
            long at = receiver.position();
            // In bounds of both: so many whole slots lie before the ring's end, and in the array there is room for
            // them.
            MemorySegment.copy(ring, JAVA_LONG, at, words, 0, slots == 1 ? used(at) : count * slotWords);
            receiver.release(count);
        }
        return count;
    }

    /** Words of the slot that hold header and frame; the kernel cuts a frame to the slot. */
    private int used(long at) {
        long places = ring.get(JAVA_LONG, at + PLACES * Long.BYTES);
        return Math.min(slotWords, ((int) (places >>> 32 & 0xFFFF) + (int) places + Long.BYTES - 1) / Long.BYTES);
    }

    /** The array that the frames are in, with a word behind the last; always the same. */
    public long[] words() {
        return words;
    }

    /** The byte of {@link #words} where a frame begins. */
    public int frame(int i) {
        int slot = i * slotWords;
        return slot * Long.BYTES + ((int) (words[slot + PLACES] >>> 32) & 0xFFFF);
    }

    /** Bytes of the frame in the words; fewer than it had when it was too long. */
    public int captured(int i) {
        return (int) words[i * slotWords + PLACES];
    }

    /** When the kernel received it: nanoseconds of the wall clock (CLOCK_REALTIME). */
    public long stamp(int i) {
        long time = words[i * slotWords + TIME];
        return (time & LOW) * 1_000_000_000L + (time >>> 32);
    }

    /** The outermost VLAN tag, which the kernel or the card took out of the frame, as {@link PacketReceiver#strippedTag} has it. */
    public int strippedTag(int i) {
        // Without a tag the kernel writes zeros.
        return (int) words[i * slotWords + TAG];
    }
}
