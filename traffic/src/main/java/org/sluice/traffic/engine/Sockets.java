package org.sluice.traffic.engine;

import java.util.List;
import org.sluice.traffic.frame.FrameLayout;

/** Opens what a measurement sends and receives with, in one mode; closing ends all of it. For one thread. */
interface Sockets extends AutoCloseable {
    /** A sender with room for the layout's frames, in at least as many slots. */
    FrameSender transmit(PortName port, FrameLayout layout);

    /** A receiver that keeps frames of that length whole. */
    FrameReceiver receive(PortName port, int longestFrame);

    /**
     * Waits until frames can go through what was opened.
     *
     * @throws org.sluice.linux.LinuxException code {@code link.no-carrier}
     */
    void awaitReady() throws InterruptedException;

    /** What the mode became on each port, one sentence each; empty when it is the same everywhere. */
    List<String> notes();

    @Override
    void close();
}
