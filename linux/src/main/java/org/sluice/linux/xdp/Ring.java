package org.sluice.linux.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * One of a socket's four rings, in memory that the kernel shares. One side writes entries and moves the producer's index on, the
 * other reads them and moves the consumer's. Each side on one thread.
 *
 * <p>Indices count up for ever and wrap at 2^32; an entry's place is the index's low bits. An index is written with release
 * semantics and the other side's read with acquire semantics, so that entries are seen no later than the index that covers them
 * (Documentation/networking/af_xdp.rst; the barriers are those of net/xdp/xsk_queue.h).
 *
 * <p>In bounds, all of it: {@link SocketSetup} maps entries for every value of {@code index & mask}, and the offsets of the indices
 * come from the kernel that made the mapping; the segment checks each access again.
 */
final class Ring {
    private static final VarHandle INDEX = JAVA_INT.varHandle();

    /** struct xdp_desc: address in the shared memory, length, options. */
    private static final int DESCRIPTOR_SHIFT = 4;

    private static final int DESCRIPTOR_LENGTH_OFFSET = 8;

    /** The fill and completion rings have addresses alone. */
    private static final int ADDRESS_SHIFT = 3;

    private final MemorySegment memory;
    private final long producer;
    private final long consumer;
    private final long flags;
    private final long entries;
    private final int mask;

    /**
     * @param memory the ring's mapping
     * @param offsets struct xdp_ring_offset: where in it the indices, flags and entries are
     * @param size number of entries, a power of two
     */
    Ring(MemorySegment memory, Structure offsets, int size) {
        this.memory = memory;
        producer = offsets.u64("producer");
        consumer = offsets.u64("consumer");
        flags = offsets.u64("flags");
        entries = offsets.u64("desc");
        mask = size - 1;
    }

    /** Bytes to map for a ring of descriptors. */
    static long lengthWithDescriptors(Structure offsets, int size) {
        return offsets.u64("desc") + ((long) size << DESCRIPTOR_SHIFT);
    }

    /** Bytes to map for a ring of addresses. */
    static long lengthWithAddresses(Structure offsets, int size) {
        return offsets.u64("desc") + ((long) size << ADDRESS_SHIFT);
    }

    int producer() {
        return (int) INDEX.getAcquire(memory, producer);
    }

    void producer(int index) {
        INDEX.setRelease(memory, producer, index);
    }

    int consumer() {
        return (int) INDEX.getAcquire(memory, consumer);
    }

    void consumer(int index) {
        INDEX.setRelease(memory, consumer, index);
    }

    /** Whether the kernel has to be told by a system call that there is something in the ring. */
    boolean needsWakeUp() {
        return ((int) INDEX.getOpaque(memory, flags) & IfXdp.XDP_RING_NEED_WAKEUP) != 0;
    }

    void descriptor(int index, long address, int length) {
        long entry = entries + ((long) (index & mask) << DESCRIPTOR_SHIFT);
        memory.set(JAVA_LONG, entry, address);
        // The options in the upper half stay zero: a frame of one piece, without metadata.
        memory.set(JAVA_LONG, entry + DESCRIPTOR_LENGTH_OFFSET, length);
    }

    long descriptorAddress(int index) {
        return memory.get(JAVA_LONG, entries + ((long) (index & mask) << DESCRIPTOR_SHIFT));
    }

    int descriptorLength(int index) {
        return memory.get(JAVA_INT, entries + ((long) (index & mask) << DESCRIPTOR_SHIFT) + DESCRIPTOR_LENGTH_OFFSET);
    }

    void address(int index, long address) {
        memory.set(JAVA_LONG, entries + ((long) (index & mask) << ADDRESS_SHIFT), address);
    }

    long address(int index) {
        return memory.get(JAVA_LONG, entries + ((long) (index & mask) << ADDRESS_SHIFT));
    }
}
