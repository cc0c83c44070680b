package org.sluice.traffic.engine;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import org.sluice.linux.xdp.XdpReceiver;
import org.sluice.linux.xdp.XdpSocket;
import org.sluice.linux.xdp.XdpStatistics;
import org.sluice.traffic.frame.FrameWords;

/** Receives by AF_XDP, a burst at a time; a burst's frames arrived when it was seen. The socket is the caller's to close. */
final class XdpFrameReceiver implements FrameReceiver {
    /** In milliseconds: so long it may take until the thread sees that the trial is over. */
    private static final int LONGEST_SLEEP = 1;

    /** What a card takes out of a frame, nobody is told of in this mode. */
    private static final int NO_TAG = 0;

    private final XdpSocket socket;
    private final XdpReceiver receiver;
    private final boolean spinning;
    private final long[] words;
    private final FrameWords frame;

    /**
     * @param spinning whether the thread has its CPU for itself. Where it has not, one that spins is kept from it for tens of
     *     milliseconds once in a while, and the frames of that time seem as late; one that sleeps is woken up at once
     */
    XdpFrameReceiver(XdpSocket socket, boolean spinning) {
        this.socket = socket;
        this.spinning = spinning;
        this.receiver = socket.receiver();
        // A frame of any length at any byte, and the word behind it.
        this.words = new long[socket.settings().frameSize() / Long.BYTES + 2];
        this.frame = new FrameWords(words);
    }

    @Override
    public void drain(PortTally tally, int most) {
        int left = most;
        int available = receiver.receive();
        while (left > 0 && available > 0) {
            long seen = System.nanoTime();
            for (int i = 0; i < available; i++) {
                long at = receiver.address(i);
                int phase = (int) at & (Long.BYTES - 1);
                int length = receiver.length(i);
                // In bounds: whole words around a frame do not leave its place, whose size is a power of two.
                MemorySegment.copy(
                        receiver.memory(), JAVA_LONG, at - phase, words, 0, (phase + length + 7) / Long.BYTES);
                tally.take(frame, phase, length, NO_TAG, seen);
            }
            receiver.release(available);
            left -= available;
            available = receiver.receive();
        }
    }

    @Override
    public void rest() {
        if (spinning) {
            Thread.onSpinWait();
        } else {
            boolean _ = receiver.awaitReadable(LONGEST_SLEEP);
        }
    }

    @Override
    public void setWallClockLead(long nanoseconds) {
        // Frames are stamped by the clock that the sender uses.
    }

    @Override
    public long drops() {
        XdpStatistics statistics = socket.statistics();
        return statistics.receiveDropped() + statistics.receiveRingFull();
    }

    @Override
    public void close() {
        // Its socket belongs to the port, which may send on it too.
    }
}
