package org.sluice.traffic.engine;

import java.lang.foreign.MemorySegment;
import org.sluice.linux.packet.PacketReceiver;

/** Receives by packet socket: a TPACKET_V2 ring with the kernel's stamps. */
final class PacketFrameReceiver implements FrameReceiver {
    private final PacketReceiver receiver;
    private long wallClockLead;

    PacketFrameReceiver(PacketReceiver receiver) {
        this.receiver = receiver;
    }

    @Override
    public boolean hasFrame() {
        return receiver.hasFrame();
    }

    @Override
    public MemorySegment memory() {
        return receiver.memory();
    }

    @Override
    public long frame() {
        return receiver.frame();
    }

    @Override
    public int captured() {
        return receiver.captured();
    }

    @Override
    public long arrival() {
        return receiver.stamp() - wallClockLead;
    }

    @Override
    public void release() {
        receiver.release();
    }

    @Override
    public boolean isStampedByKernel() {
        return true;
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
