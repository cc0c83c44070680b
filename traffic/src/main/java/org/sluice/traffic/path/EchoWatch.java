package org.sluice.traffic.path;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.packet.PacketReceiver;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.frame.FrameReader;

/**
 * Listens at every interface for what that interface itself has sent: such a frame went round in a circle. It shows by its source
 * address or, when a router gave it another, by the number of a stream that starts there. The kernel does not show a packet socket with
 * PACKET_IGNORE_OUTGOING what the interface sends. For one thread.
 */
final class EchoWatch implements AutoCloseable {
    private static final ValueLayout.OfShort TWO_BYTES =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt FOUR_BYTES = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int SOURCE = 6;
    private static final int ETHERNET_HEADER = 14;

    private final List<Ear> ears = new ArrayList<>();

    /**
     * An interface with what was sent on it.
     *
     * @param mac its address as a number
     * @param numbers the streams that start there
     * @param readers one for each of these
     */
    private record Ear(
            PortName port, long mac, PacketReceiver receiver, List<Integer> numbers, List<FrameReader> readers) {
        /** At most as many frames as the ring holds are looked at: in a loop more may come than can be read. */
        long count() {
            long own = 0;
            for (int left = receiver.slots(); left > 0 && receiver.hasFrame(); left--) {
                own += isOwn(receiver.memory(), receiver.frame(), receiver.captured()) ? 1 : 0;
                receiver.release();
            }
            return own;
        }

        private boolean isOwn(MemorySegment memory, long at, int length) {
            // In bounds: a frame that is shorter than its header is not looked at.
            if (length < ETHERNET_HEADER) {
                return false;
            }
            long source = (memory.get(TWO_BYTES, at + SOURCE) & 0xFFFFL) << Integer.SIZE
                    | (memory.get(FOUR_BYTES, at + SOURCE + Short.BYTES) & 0xFFFF_FFFFL);
            if (source == mac) {
                return true;
            }
            for (int i = 0; i < readers.size(); i++) {
                FrameReader reader = readers.get(i);
                // To a reader that expects no router the other addresses are damage; no trial has the number 0.
                if (reader.classify(memory, at, length) != FrameReader.FOREIGN
                        && reader.epoch() != 0
                        && reader.stream() == numbers.get(i)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Listens from now on. */
    EchoWatch(List<Stream> streams, FrameMix mix) {
        Set<PortName> ports = new LinkedHashSet<>();
        streams.forEach(stream -> {
            ports.add(stream.transmit());
            ports.add(stream.receive());
        });
        try {
            for (PortName port : ports) {
                List<Integer> numbers = IntStream.range(0, streams.size())
                        .filter(number -> streams.get(number).transmit().equals(port))
                        .boxed()
                        .toList();
                MacAddress mac = PortAccess.link(port).mac();
                ears.add(new Ear(
                        port,
                        mac.value(),
                        open(port, mix),
                        numbers,
                        numbers.stream()
                                .map(number ->
                                        FrameReader.bridged(streams.get(number).frames(), mix, mac))
                                .toList()));
            }
        } catch (RuntimeException | Error failure) {
            close();
            throw failure;
        }
    }

    private static PacketReceiver open(PortName port, FrameMix mix) {
        try (NetworkNamespace namespace = port.open()) {
            return PacketReceiver.open(namespace, port.device(), mix.largest().onWire());
        }
    }

    /** An interface and how many frames came back to it. */
    record Echo(PortName port, long frames) {}

    /** What came back so far, the most first; to be asked once. */
    List<Echo> echoes() {
        return ears.stream()
                .map(ear -> new Echo(ear.port(), ear.count()))
                .sorted((a, b) -> Long.compare(b.frames(), a.frames()))
                .toList();
    }

    @Override
    public void close() {
        ears.forEach(ear -> ear.receiver().close());
    }
}
