package org.sluice.traffic.engine;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.sluice.linux.LinuxException;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.packet.PacketSender;
import org.sluice.traffic.frame.FrameLayout;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.frame.FrameReader;
import org.sluice.traffic.frame.NeighbourResponder;

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
        List<Stream> streams = path.streams();
        int[] expected = IntStream.range(0, streams.size())
                .filter(number -> streams.get(number).receive().equals(port))
                .toArray();
        Stream first = streams.get(expected[0]);
        FrameReceiver receiver = sockets.receive(port, mix.largest().onWire());
        FrameReader reader = switch (first.device()) {
            case BRIDGE -> FrameReader.bridged(first.frames(), mix);
            case ROUTER -> FrameReader.routed(first.frames(), mix, mac(port));
        };
        return new ReceiveLoop(receiver, reader, expected, neighbour(port, first));
    }

    private PortNeighbour neighbour(PortName port, Stream arriving) {
        Set<InetAddress> addresses = new LinkedHashSet<>();
        addresses.add(arriving.frames().destination());
        for (Stream stream : path.streams()) {
            if (stream.transmit().equals(port)) {
                addresses.add(stream.frames().source());
            }
        }
        PacketSender sender = PacketSender.open(
                path.namespace(port),
                port.device(),
                1,
                NeighbourResponder.LONGEST_REPLY,
                PacketSender.Queueing.BYPASSED);
        speakers.add(sender);
        PortNeighbour neighbour = new PortNeighbour(
                sender, mac(port), List.copyOf(addresses), arriving.frames().tags());
        neighbours.add(neighbour);
        return neighbour;
    }

    /** Sends what makes bridges and routers know where the receivers are (RFC 2544, section 23). */
    void teach() {
        neighbours.forEach(PortNeighbour::announce);
    }

    private MacAddress mac(PortName port) {
        try (Links links = Links.in(path.namespace(port))) {
            return links.find(port.device())
                    .map(Link::mac)
                    .orElseThrow(() -> new LinuxException(
                            "link.missing",
                            "There is no network device " + port + ".",
                            "Look at what there is (ip link show)."));
        }
    }

    @Override
    public void close() {
        speakers.forEach(PacketSender::close);
        sockets.close();
    }
}
