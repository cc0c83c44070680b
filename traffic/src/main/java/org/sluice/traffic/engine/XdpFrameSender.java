package org.sluice.traffic.engine;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.sluice.linux.xdp.XdpTransmitter;

/** Sends by AF_XDP. The ring's slots are used in turn, as the loop does. The socket is the caller's to close. */
final class XdpFrameSender implements FrameSender {
    private static final Duration LONGEST_FLUSH = Duration.ofSeconds(1);

    private final XdpTransmitter transmitter;
    private final int[] lengths;
    private long droppedBefore;

    XdpFrameSender(XdpTransmitter transmitter) {
        this.transmitter = transmitter;
        this.lengths = new int[transmitter.slots()];
    }

    @Override
    public MemorySegment frames() {
        return transmitter.memory();
    }

    @Override
    public int slots() {
        return transmitter.slots();
    }

    @Override
    public int slotSize() {
        return transmitter.frameSize();
    }

    @Override
    public void setLength(int slot, int length) {
        lengths[slot] = length;
    }

    @Override
    public int writable(int first, int count) {
        int free = transmitter.free();
        if (free == 0) {
            transmitter.push();
            free = transmitter.free();
        }
        return Math.min(Math.min(count, free), transmitter.slots() - first);
    }

    @Override
    public int send(int first, int count) {
        return transmitter.send(count, lengths);
    }

    @Override
    public long flush() {
        // What the device does not take within the time was not sent; the trial shows it as lost by the sender.
        boolean _ = transmitter.awaitFree(transmitter.slots(), LONGEST_FLUSH);
        long dropped = transmitter.dropped() - droppedBefore;
        droppedBefore = transmitter.dropped();
        return dropped + transmitter.pending();
    }

    @Override
    public void close() {
        // Its socket belongs to the port, which may receive on it too.
    }
}
