package org.sluice.traffic.engine;

import java.util.ArrayList;
import java.util.List;
import org.sluice.linux.packet.PacketReceiver;
import org.sluice.linux.packet.PacketSender;
import org.sluice.traffic.frame.FrameLayout;

/** Packet sockets: one for each stream that is sent, one for each port that receives. */
final class PacketSockets implements Sockets {
    private static final int CACHE_LINE = 64;

    private final TestPath path;
    private final List<PacketFrameSender> senders = new ArrayList<>();
    private final List<PacketFrameReceiver> receivers = new ArrayList<>();

    PacketSockets(TestPath path) {
        this.path = path;
    }

    @Override
    public FrameSender transmit(PortName port, FrameLayout layout) {
        int slotSize = (layout.largest() + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
        PacketFrameSender sender = new PacketFrameSender(PacketSender.open(
                path.namespace(port), port.device(), layout.slots(), slotSize, PacketSender.Queueing.BYPASSED));
        senders.add(sender);
        return sender;
    }

    @Override
    public FrameReceiver receive(PortName port, int longestFrame) {
        PacketFrameReceiver receiver =
                new PacketFrameReceiver(PacketReceiver.open(path.namespace(port), port.device(), longestFrame));
        receivers.add(receiver);
        return receiver;
    }

    /** Packet sockets change nothing about a device. */
    @Override
    public void awaitReady() {}

    @Override
    public List<String> notes() {
        return List.of();
    }

    @Override
    public void close() {
        senders.forEach(PacketFrameSender::close);
        receivers.forEach(PacketFrameReceiver::close);
    }
}
