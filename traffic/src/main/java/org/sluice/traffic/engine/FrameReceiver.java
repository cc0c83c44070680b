package org.sluice.traffic.engine;

/** Receives the frames of one port, by packet socket or AF_XDP. For one thread. */
interface FrameReceiver extends AutoCloseable {
    /**
     * Hands over the frames that are there, each once, at most so many. Each implementation has its own loop, which the compiler
     * knows the ring and the tally of; asking for one frame after another through an interface would cost as much as judging them.
     */
    void drain(PortTally tally, int most);

    /** Takes the thread away from an empty ring for as long as that costs neither frames nor a right arrival time. */
    void rest();

    /** Tells the receiver by how much the wall clock is ahead of {@link System#nanoTime}. */
    void setWallClockLead(long nanoseconds);

    /** Frames lost since opening for want of room. */
    long drops();

    @Override
    void close();
}
