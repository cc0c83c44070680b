package org.sluice.traffic.path;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sluice.linux.LinuxException;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.packet.PacketReceiver;
import org.sluice.linux.packet.PacketSender;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.engine.Stream.Device;
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
     *     {@code path.permission}, {@code path.gateway-silent}
     */
    public static List<Stream> streams(PathRequest request) {
        List<Stream> streams = new ArrayList<>();
        Device device = request.gateway().isPresent() ? Device.ROUTER : Device.BRIDGE;
        for (int i = 0; i < request.transmit().size(); i++) {
            PortName transmit = request.transmit().get(i);
            PortName receive = request.receive().get(i);
            InetAddress source = request.source(i);
            InetAddress destination = request.destination(i);
            MacAddress sender = mac(transmit);
            MacAddress receiver = mac(receive);
            MacAddress there = request.destinationMac()
                    .or(() -> request.gateway().map(router -> ask(transmit, sender, source, router, request.tags())))
                    .orElse(receiver);
            streams.add(new Stream(transmit, receive, request.frames(sender, there, source, destination), device));
            if (request.twoWay()) {
                MacAddress back = request.returnGateway()
                        .map(router -> ask(receive, receiver, destination, router, request.tags()))
                        .orElse(sender);
                streams.add(new Stream(
                        /* transmit= */ receive,
                        /* receive= */ transmit,
                        request.frames(receiver, back, destination, source),
                        device));
            }
        }
        return List.copyOf(streams);
    }

    private static MacAddress mac(PortName port) {
        return PortAccess.link(port).mac();
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
}
