package org.sluice.traffic.engine;

import org.sluice.traffic.frame.FrameLayout;

/** Opens what a measurement sends and receives with, in one mode; closing ends all of it. For one thread. */
interface Sockets extends AutoCloseable {
    /** A sender with room for the layout's frames, in at least as many slots. */
    FrameSender transmit(PortName port, FrameLayout layout);

    /** A receiver that keeps frames of that length whole. */
    FrameReceiver receive(PortName port, int longestFrame);

    @Override
    void close();
}
