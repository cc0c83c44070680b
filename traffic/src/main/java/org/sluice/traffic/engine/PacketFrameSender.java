package org.sluice.traffic.engine;

import java.lang.foreign.MemorySegment;
import org.sluice.linux.packet.PacketSender;

/** Sends by packet socket: {@code sendmmsg}. */
final class PacketFrameSender implements FrameSender {
    private final PacketSender sender;

    PacketFrameSender(PacketSender sender) {
        this.sender = sender;
    }

    @Override
    public MemorySegment frames() {
        return sender.frames();
    }

    @Override
    public int slots() {
        return sender.slots();
    }

    @Override
    public int slotSize() {
        return sender.slotSize();
    }

    @Override
    public void setLength(int slot, int length) {
        sender.setLength(slot, length);
    }

    @Override
    public int writable(int first, int count) {
        // The kernel has copied a frame when send returns.
        return Math.min(count, sender.slots() - first);
    }

    @Override
    public int send(int first, int count) {
        return sender.send(first, count);
    }

    @Override
    public long flush() {
        return 0;
    }

    @Override
    public void close() {
        sender.close();
    }
}
