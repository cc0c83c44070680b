package org.sluice.traffic.engine;

import java.lang.foreign.MemorySegment;

/** A ring of slots that frames are sent from, by packet socket or AF_XDP. For one thread. */
interface FrameSender extends AutoCloseable {
    /** The slots one after another, {@link #slotSize} bytes each. */
    MemorySegment frames();

    int slots();

    int slotSize();

    /** Says how many bytes of a slot are a frame. */
    void setLength(int slot, int length);

    /** How many slots from {@code first} on may be written and sent now, up to {@code count}. */
    int writable(int first, int count);

    /** Sends so many slots in order, not past the last; answers how many the kernel took. */
    int send(int first, int count);

    /** Waits until the device has what was handed over; answers how many of these frames it did not take after all. */
    long flush();

    @Override
    void close();
}
