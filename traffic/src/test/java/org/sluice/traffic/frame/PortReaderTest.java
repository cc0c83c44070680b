package org.sluice.traffic.frame;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.sluice.linux.net.MacAddress;

/** What a port makes of the frames of several streams that come by different ways. */
class PortReaderTest {
    private static final FrameMix SMALL = FrameMix.of(64);
    private static final int SIGNATURE = 42;

    /** Three routers' streams as they arrive: the third has the first one's destination. */
    private static final Map<Integer, FrameSpec> STREAMS = Map.of(
            0, arriving("52:54:00:00:01:0a", "198.18.0.2", "198.19.0.2", 7),
            1, arriving("52:54:00:00:02:3b", "198.18.1.2", "198.19.0.3", 7),
            5, arriving("52:54:00:00:03:71", "198.18.2.2", "198.19.0.2", 7));

    private static FrameSpec arriving(String router, String source, String destination, int port) {
        return FrameSpec.of(
                        MacAddress.parse(router), Frames.RECEIVER, Frames.address(source), Frames.address(destination))
                .withPorts(0xC020, port);
    }

    @Test
    void judgesEachFrameByTheHeadersOfItsOwnStream() {
        PortReader reader = behindRouters(STREAMS);
        for (int round = 0; round < 3; round++) {
            for (int stream : reader.streams()) {
                byte[] frame = frame(STREAMS, stream, 64, round + 1);
                assertThat(classify(reader, frame)).as("stream %s", stream).isEqualTo(FrameReader.WHOLE);
                assertThat(reader.stream()).isEqualTo(stream);
                assertThat(reader.sequence()).isEqualTo(round + 1);
            }
        }
    }

    @Test
    void callsAFrameCorruptedThatCameByAnotherStreamsRouter() {
        PortReader reader = behindRouters(STREAMS);
        learn(reader, STREAMS, 64);
        byte[] frame = frame(STREAMS, 5, 64, 9);
        System.arraycopy(spec(STREAMS, 0).sourceMac().bytes(), 0, frame, 6, 6);
        assertThat(classify(reader, frame)).isEqualTo(FrameReader.CORRUPTED);
        assertThat(reader.stream()).isEqualTo(5);
    }

    @Test
    void findsEveryFlippedBitAndWhoseFrameItWas() {
        PortReader reader = behindRouters(STREAMS);
        learn(reader, STREAMS, 64);
        assertEveryFlippedBitIsTold(reader, STREAMS, 64);
    }

    @Test
    void findsThemInFramesOfDifferentFamilies() {
        Map<Integer, FrameSpec> streams = Map.of(3, Frames.ipv4(), 4, Frames.ipv6());
        FrameMix mix = FrameMix.of(84);
        PortReader reader = new PortReader(
                Map.of(3, FrameReader.bridged(Frames.ipv4(), mix), 4, FrameReader.bridged(Frames.ipv6(), mix)));
        for (int round = 0; round < 3; round++) {
            learn(reader, streams, 84);
        }
        byte[] damaged = frame(streams, 4, 84, 1);
        damaged[70] ^= 2;
        assertThat(classify(reader, damaged)).isEqualTo(FrameReader.CORRUPTED);
        assertThat(reader.stream()).isEqualTo(4);
    }

    /** Streams with the same headers are told apart by what the damaged frame says, unless that itself is damaged. */
    @Test
    void tellsDamageOfStreamsWithTheSameHeadersApartByTheirNumbers() {
        Map<Integer, FrameSpec> streams = Map.of(0, Frames.ipv4(), 1, Frames.ipv4());
        PortReader reader = new PortReader(
                Map.of(0, FrameReader.bridged(Frames.ipv4(), SMALL), 1, FrameReader.bridged(Frames.ipv4(), SMALL)));
        learn(reader, streams, 64);
        for (int stream : reader.streams()) {
            for (int bit = 0; bit < 60 * 8; bit++) {
                byte[] flipped = frame(streams, stream, 64, 9);
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                assertThat(classify(reader, flipped)).as("bit %s", bit).isEqualTo(FrameReader.CORRUPTED);
                if (bit != (SIGNATURE + 5) * 8) {
                    assertThat(reader.stream()).as("bit %s", bit).isEqualTo(stream);
                }
            }
        }
    }

    /** After the first whole frame the others are compared with it, word by word: at each place that a word can have. */
    @Test
    void findsEveryFlippedBitOfFramesLikeOneBeforeWhereverTheyBegin() {
        FrameSpec tagged = Frames.ipv6().withTags(Frames.QINQ);
        for (int phase = 0; phase < Long.BYTES; phase++) {
            assertFound(Frames.ipv4(), 64, phase);
            assertFound(Frames.ipv4(), 67, phase);
            assertFound(Frames.ipv4(), 300, phase);
            assertFound(Frames.ipv4().withTags(Frames.QINQ), 72, phase);
            assertFound(Frames.ipv6(), 84, phase);
            assertFound(tagged, 301, phase);
        }
    }

    private static void assertFound(FrameSpec spec, int size, int phase) {
        PortReader reader = new PortReader(Map.of(0, FrameReader.bridged(spec, FrameMix.of(size))));
        byte[] frame = Frames.frame(spec, size);
        int signature = 14 + spec.tags().size() * 4 + (spec.isIpv4() ? 28 : 48);
        for (int number = 0; number < 3; number++) {
            Signature.write(MemorySegment.ofArray(frame), signature, 7, 0, number, number);
            assertThat(classify(reader, frame, phase)).isEqualTo(FrameReader.WHOLE);
            assertThat(reader.epoch()).isEqualTo(7);
            assertThat(reader.sequence()).isEqualTo(number);
            assertThat(reader.stamp()).isEqualTo(number);
        }
        for (int bit = 0; bit < frame.length * 8; bit++) {
            byte[] flipped = frame.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            int at = bit / 8 - 14;
            boolean mayBeChanged = at >= 0 && at < 10;
            if (classify(reader, flipped, phase) != FrameReader.CORRUPTED) {
                assertThat(mayBeChanged && (!spec.tags().isEmpty() || !spec.isIpv4()))
                        .as("bit %s of %s bytes", bit, size)
                        .isTrue();
            }
        }
        assertThat(classify(reader, frame, phase)).isEqualTo(FrameReader.WHOLE);
    }

    @Test
    void knowsManyFlowsAndSizes() {
        FrameSpec spec = Frames.ipv4().withFlows(3000);
        FrameLayout layout = FrameLayout.of(spec, FrameMix.IMIX, 3000);
        PortReader reader = new PortReader(Map.of(0, FrameReader.bridged(spec, FrameMix.IMIX)));
        for (int round = 0; round < 2; round++) {
            for (int slot = 0; slot < layout.slots(); slot++) {
                byte[] frame = new byte[layout.length(slot)];
                layout.copyTo(slot, MemorySegment.ofArray(frame), 0);
                assertThat(classify(reader, frame)).isEqualTo(FrameReader.WHOLE);
            }
        }
    }

    @Test
    void callsFramesOfStreamsThatEndElsewhereForeign() {
        PortReader reader = behindRouters(STREAMS);
        byte[] frame = frame(STREAMS, 0, 64, 1);
        Signature.write(MemorySegment.ofArray(frame), SIGNATURE, 1, 2, 1, 0);
        assertThat(classify(reader, frame)).isEqualTo(FrameReader.FOREIGN);
        assertThat(classify(reader, new byte[60])).isEqualTo(FrameReader.FOREIGN);
        assertThat(classify(reader, new byte[0])).isEqualTo(FrameReader.FOREIGN);
    }

    @Test
    void tellsAFrameTooShortToSayOfTheFirstStream() {
        PortReader reader = behindRouters(STREAMS);
        learn(reader, STREAMS, 64);
        byte[] whole = frame(STREAMS, 5, 64, 1);
        byte[] cut = new byte[46];
        System.arraycopy(whole, 0, cut, 0, cut.length);
        assertThat(classify(reader, cut)).isEqualTo(FrameReader.CORRUPTED);
        assertThat(reader.stream()).isZero();
    }

    @Test
    void refusesToReadNoStreamOrOneThatNoSignatureCanName() {
        assertThatThrownBy(() -> new PortReader(Map.of()))
                .hasMessage("A port reads 1 to 256 streams with the numbers 0 to 255, not [].");
        assertThatThrownBy(() -> new PortReader(Map.of(256, FrameReader.bridged(Frames.ipv4(), SMALL))))
                .hasMessage("A port reads 1 to 256 streams with the numbers 0 to 255, not [256].");
    }

    private static PortReader behindRouters(Map<Integer, FrameSpec> streams) {
        Map<Integer, FrameReader> readers = new TreeMap<>();
        streams.forEach((number, spec) -> readers.put(number, FrameReader.routed(spec, SMALL, Frames.RECEIVER)));
        return new PortReader(readers);
    }

    private static void learn(PortReader reader, Map<Integer, FrameSpec> streams, int size) {
        for (int stream : reader.streams()) {
            assertThat(classify(reader, frame(streams, stream, size, 0))).isEqualTo(FrameReader.WHOLE);
            assertThat(reader.stream()).isEqualTo(stream);
        }
    }

    private static void assertEveryFlippedBitIsTold(PortReader reader, Map<Integer, FrameSpec> streams, int size) {
        for (int stream : reader.streams()) {
            byte[] frame = frame(streams, stream, size, 9);
            for (int bit = 0; bit < frame.length * 8; bit++) {
                byte[] flipped = frame.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                assertThat(classify(reader, flipped)).as("bit %s", bit).isEqualTo(FrameReader.CORRUPTED);
                assertThat(reader.stream()).as("bit %s", bit).isEqualTo(stream);
            }
        }
    }

    private static byte[] frame(Map<Integer, FrameSpec> streams, int stream, int size, long sequence) {
        FrameSpec spec = spec(streams, stream);
        byte[] frame = Frames.frame(spec, size);
        int signature = spec.isIpv4() ? SIGNATURE : SIGNATURE + 20;
        Signature.write(MemorySegment.ofArray(frame), signature, 1, stream, sequence, 0);
        return frame;
    }

    private static FrameSpec spec(Map<Integer, FrameSpec> streams, int stream) {
        return requireNonNull(streams.get(stream), "no such stream");
    }

    private static int classify(PortReader reader, byte[] frame) {
        return classify(reader, frame, 2);
    }

    /** From that byte of a word on, between bytes that are not the frame's. */
    private static int classify(PortReader reader, byte[] frame, int phase) {
        FrameWords words = new FrameWords(new long[(phase + frame.length) / Long.BYTES + 2]);
        words.memory().fill((byte) 0xA5);
        MemorySegment.copy(MemorySegment.ofArray(frame), 0, words.memory(), phase, frame.length);
        return reader.classify(words, phase, frame.length);
    }
}
