package org.sluice.traffic.engine;

import java.lang.foreign.MemorySegment;
import org.sluice.linux.xdp.XdpReceiver;
import org.sluice.linux.xdp.XdpSocket;
import org.sluice.linux.xdp.XdpStatistics;

/** Receives by AF_XDP, a burst at a time; a burst's frames arrived when it was seen. The socket is the caller's to close. */
final class XdpFrameReceiver implements FrameReceiver {
    private final XdpSocket socket;
    private final XdpReceiver receiver;
    private int available;
    private int index;
    private long seen;

    XdpFrameReceiver(XdpSocket socket) {
        this.socket = socket;
        this.receiver = socket.receiver();
    }

    @Override
    public boolean hasFrame() {
        if (index < available) {
            return true;
        }
        receiver.release(available);
        index = 0;
        available = receiver.receive();
        if (available == 0) {
            return false;
        }
        seen = System.nanoTime();
        return true;
    }

    @Override
    public MemorySegment memory() {
        return receiver.memory();
    }

    @Override
    public long frame() {
        return receiver.address(index);
    }

    @Override
    public int captured() {
        return receiver.length(index);
    }

    @Override
    public long arrival() {
        return seen;
    }

    @Override
    public void release() {
        index++;
    }

    @Override
    public boolean isStampedByKernel() {
        return false;
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
