package org.sluice.traffic.engine;

import java.lang.foreign.MemorySegment;

/** A ring of received frames with a cursor on one of them, by packet socket or AF_XDP. For one thread. */
interface FrameReceiver extends AutoCloseable {
    /** Whether there is a frame under the cursor; the other methods ask about that one. */
    boolean hasFrame();

    MemorySegment memory();

    /** Where the frame begins in {@link #memory}. */
    long frame();

    /** Bytes of it that are in the memory. */
    int captured();

    /** When it arrived, in nanoseconds of {@link System#nanoTime}. */
    long arrival();

    /** Goes on to the next frame. */
    void release();

    /** Whether a frame that arrives while nobody looks gets its time from the kernel, so that looking late costs nothing. */
    boolean isStampedByKernel();

    /** Tells the receiver by how much the wall clock is ahead of {@link System#nanoTime}. */
    void setWallClockLead(long nanoseconds);

    /** Frames lost since opening for want of room. */
    long drops();

    @Override
    void close();
}
