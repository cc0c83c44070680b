package org.sluice.traffic.engine;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.packet.PacketSender;
import org.sluice.traffic.frame.FrameLayout;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.frame.FrameReader;
import org.sluice.traffic.frame.FrameSpec;
import org.sluice.traffic.frame.NeighbourResponder;
import org.sluice.traffic.frame.PortReader;
import org.sluice.traffic.frame.VlanTag;

/** The sockets of one measurement, opened in the path's mode. For one thread. */
final class Ports implements AutoCloseable {
    /** Slots of a send ring: enough for many flows, few enough to stay in the cache. */
    static final int SLOTS = 256;

    private final TestPath path;
    private final FrameMix mix;
    private final Sockets sockets;
    private final List<PacketSender> speakers = new ArrayList<>();
    private final List<PortNeighbour> neighbours = new ArrayList<>();

    Ports(TestPath path, FrameMix mix) {
        this.path = path;
        this.mix = mix;
        int slots = Math.max(
                SLOTS,
                path.streams().stream()
                        .mapToInt(stream -> stream.frames().flows())
                        .max()
                        .orElse(1));
        this.sockets = switch (path.mode()) {
            case MMSG -> new PacketSockets(path);
            case XDP -> new XdpSockets(path, mix.largest().onWire(), slots);
        };
    }

    /** A sender whose slots hold the layout's frames. */
    FrameSender transmit(PortName port, FrameLayout layout) {
        FrameSender sender = sockets.transmit(port, layout);
        for (int slot = 0; slot < sender.slots(); slot++) {
            // Where the mode has more slots than the layout, the layout begins again.
            int frame = slot % layout.slots();
            layout.copyTo(frame, sender.frames(), (long) slot * sender.slotSize());
            sender.setLength(slot, layout.length(frame));
        }
        return sender;
    }

    /** A receiver for all the streams that end at the port. */
    ReceiveLoop receive(PortName port) {
        MacAddress mac = mac(port);
        Map<Integer, FrameReader> readers = new LinkedHashMap<>();
        List<Stream> streams = path.streams();
        for (int number = 0; number < streams.size(); number++) {
            Stream stream = streams.get(number);
            if (stream.receive().equals(port)) {
                readers.put(number, reader(stream, mac));
            }
        }
        FrameReceiver receiver = sockets.receive(port, mix.largest().onWire());
        return new ReceiveLoop(receiver, new PortTally(new PortReader(readers), neighbour(port, mac)));
    }

    private FrameReader reader(Stream stream, MacAddress receiver) {
        return switch (stream.device()) {
            case BRIDGE -> FrameReader.bridged(stream.frames(), mix, receiver);
            case ROUTER -> FrameReader.routed(stream.frames(), mix, receiver);
        };
    }

    /** The port has the addresses of all streams that begin or end there, each in the stream's own VLAN. */
    private PortNeighbour neighbour(PortName port, MacAddress mac) {
        Map<List<VlanTag>, Set<InetAddress>> addresses = new LinkedHashMap<>();
        for (Stream stream : path.streams()) {
            FrameSpec frames = stream.frames();
            Set<InetAddress> there = new LinkedHashSet<>();
            if (stream.receive().equals(port)) {
                there.add(frames.destination());
            }
            if (stream.transmit().equals(port)) {
                there.add(frames.source());
            }
            if (!there.isEmpty()) {
                addresses
                        .computeIfAbsent(frames.tags(), _ -> new LinkedHashSet<>())
                        .addAll(there);
            }
        }
        PacketSender sender = PacketSender.open(
                path.namespace(port),
                port.device(),
                1,
                NeighbourResponder.LONGEST_REPLY,
                PacketSender.Queueing.BYPASSED);
        speakers.add(sender);
        PortNeighbour neighbour = new PortNeighbour(sender, mac, addresses);
        neighbours.add(neighbour);
        return neighbour;
    }

    /** Waits until frames can go through what was opened. */
    void awaitReady() throws InterruptedException {
        sockets.awaitReady();
    }

    /** What the mode became on each port, one sentence each; empty when it is the same everywhere. */
    List<String> notes() {
        return sockets.notes();
    }

    /** Sends what makes bridges and routers know where the receivers are (RFC 2544, section 23). */
    void teach() {
        neighbours.forEach(PortNeighbour::announce);
    }

    private MacAddress mac(PortName port) {
        try (Links links = Links.in(path.namespace(port))) {
            return links.require(port.device()).mac();
        }
    }

    @Override
    public void close() {
        speakers.forEach(PacketSender::close);
        sockets.close();
    }
}
