package org.sluice.traffic.path;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sluice.linux.LinuxException;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.packet.PacketReceiver;
import org.sluice.linux.packet.PacketSender;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.engine.Stream.Device;
import org.sluice.traffic.frame.FrameSpec;
import org.sluice.traffic.frame.NeighbourQuery;
import org.sluice.traffic.frame.NeighbourResponder;
import org.sluice.traffic.frame.VlanTag;

/** Finds out the hardware addresses that a request leaves open, of the tester's own interfaces and of routers. */
public final class PathResolver {
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration ASK_AGAIN = Duration.ofMillis(500);

    private PathResolver() {}

    /**
     * The streams that were asked for.
     *
     * @throws LinuxException codes {@code link.missing}, {@code link.down}, {@code namespace.missing}, {@code packet.permission},
     *     {@code path.gateway-silent}
     */
    public static List<Stream> streams(PathRequest request) {
        List<Stream> streams = new ArrayList<>();
        Device device = request.gateway().isPresent() ? Device.ROUTER : Device.BRIDGE;
        for (int i = 0; i < request.transmit().size(); i++) {
            PortName transmit = request.transmit().get(i);
            PortName receive = request.receive().get(i);
            InetAddress source = plus(request.source(), i);
            InetAddress destination = plus(request.destination(), i);
            streams.add(new Stream(
                    transmit,
                    receive,
                    frames(request, transmit, receive, source, destination, request.gateway()),
                    device));
            if (request.twoWay()) {
                streams.add(new Stream(
                        /* transmit= */ receive,
                        /* receive= */ transmit,
                        frames(request, receive, transmit, destination, source, request.returnGateway()),
                        device));
            }
        }
        return List.copyOf(streams);
    }

    private static FrameSpec frames(
            PathRequest request,
            PortName transmit,
            PortName receive,
            InetAddress source,
            InetAddress destination,
            Optional<InetAddress> gateway) {
        MacAddress own = mac(transmit);
        MacAddress to = request.destinationMac()
                .or(() -> gateway.map(router -> ask(transmit, own, source, router, request.tags())))
                .orElseGet(() -> mac(receive));
        return FrameSpec.of(own, to, source, destination)
                .withTags(request.tags())
                .withFlows(request.flows())
                .withDscp(request.dscp());
    }

    private static MacAddress mac(PortName port) {
        try (NetworkNamespace namespace = port.open();
                Links links = Links.in(namespace)) {
            return links.find(port.device())
                    .map(Link::mac)
                    .orElseThrow(() -> new LinuxException(
                            "link.missing",
                            "There is no network device " + port + ".",
                            "Look at what there is (ip link show)."));
        }
    }

    /** Who has the router's address, asked as the sender would ask. */
    private static MacAddress ask(
            PortName port, MacAddress own, InetAddress source, InetAddress router, List<VlanTag> tags) {
        NeighbourQuery query = NeighbourQuery.of(own, source, tags);
        try (NetworkNamespace namespace = port.open();
                PacketSender sender = PacketSender.open(
                        namespace, port.device(), 1, NeighbourResponder.LONGEST_REPLY, PacketSender.Queueing.BYPASSED);
                PacketReceiver receiver =
                        PacketReceiver.open(namespace, port.device(), NeighbourResponder.LONGEST_REPLY)) {
            sender.setLength(0, query.question(router, sender.frames(), 0));
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (System.nanoTime() < end) {
                int _ = sender.send(0, 1);
                Optional<MacAddress> answer = await(receiver, query, router, System.nanoTime() + ASK_AGAIN.toNanos());
                if (answer.isPresent()) {
                    return answer.get();
                }
            }
        }
        throw new LinuxException(
                "path.gateway-silent",
                "The gateway " + router.getHostAddress() + " does not answer on " + port + ".",
                "Check that the router has that address on this link, or name its hardware address (--dst-mac).");
    }

    private static Optional<MacAddress> await(
            PacketReceiver receiver, NeighbourQuery query, InetAddress router, long end) {
        long left = end - System.nanoTime();
        while (left > 0 && receiver.await((int) Math.max(1, left / 1_000_000))) {
            while (receiver.hasFrame()) {
                Optional<MacAddress> answer =
                        query.answer(router, receiver.memory(), receiver.frame(), receiver.captured());
                receiver.release();
                if (answer.isPresent()) {
                    return answer;
                }
            }
            left = end - System.nanoTime();
        }
        return Optional.empty();
    }

    private static InetAddress plus(InetAddress address, int number) {
        byte[] bytes = address.getAddress();
        int last = (bytes[bytes.length - 1] & 0xFF) + number;
        if (last > 0xFE) {
            throw new IllegalArgumentException("The address " + address.getHostAddress() + " leaves no room for "
                    + (number + 1) + " interfaces: use a smaller one.");
        }
        bytes[bytes.length - 1] = (byte) last;
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new AssertionError("An address of the length of another is one.", impossible);
        }
    }
}
