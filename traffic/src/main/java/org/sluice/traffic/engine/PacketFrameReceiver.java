package org.sluice.traffic.engine;

import java.util.concurrent.locks.LockSupport;
import org.sluice.linux.packet.PacketBatch;
import org.sluice.linux.packet.PacketReceiver;
import org.sluice.traffic.frame.FrameWords;

/** Receives by packet socket: a TPACKET_V2 ring with the kernel's stamps, so that looking late costs nothing. */
final class PacketFrameReceiver implements FrameReceiver {
    /**
     * How long to look away from an empty ring. To read right behind the kernel costs three times as much a frame as to read what it
     * wrote a while ago; the ring holds what arrives in 2 ms at 30 million frames a second.
     */
    private static final long NAP = 2_000_000;

    private final PacketReceiver receiver;
    private final PacketBatch batch;
    private final FrameWords frames;
    private long wallClockLead;

    PacketFrameReceiver(PacketReceiver receiver) {
        this.receiver = receiver;
        this.batch = receiver.batch();
        this.frames = new FrameWords(batch.words());
    }

    @Override
    public void drain(PortTally tally, int most) {
        int left = most;
        int count = batch.take();
        while (count > 0) {
            for (int i = 0; i < count; i++) {
                tally.take(
                        frames,
                        batch.frame(i),
                        batch.captured(i),
                        batch.strippedTag(i),
                        batch.stamp(i) - wallClockLead);
            }
            left -= count;
            count = left > 0 ? batch.take() : 0;
        }
    }

    @Override
    public void rest() {
        LockSupport.parkNanos(NAP);
    }

    @Override
    public void setWallClockLead(long nanoseconds) {
        wallClockLead = nanoseconds;
    }

    @Override
    public long drops() {
        return receiver.drops();
    }

    @Override
    public void close() {
        receiver.close();
    }
}
