package org.sluice.traffic.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.sluice.linux.net.MacAddress;

/** What the receiver makes of frames that a device passed on, changed, damaged, or that were never ours. */
class FrameReaderTest {
    private static final FrameMix SMALL = FrameMix.of(64);
    private static final MacAddress ROUTER = MacAddress.parse("52:54:00:00:00:0a");

    @Test
    void readsTheSignatureOfAWholeFrame() {
        byte[] frame = Frames.frame(Frames.ipv4(), 64);
        Signature.write(MemorySegment.ofArray(frame), 42, 3, 1, 4_000_000_000L, 123_456_789_012L);
        FrameReader reader = FrameReader.bridged(Frames.ipv4(), SMALL);
        assertThat(classify(reader, frame)).isEqualTo(FrameReader.WHOLE);
        assertThat(reader.epoch()).isEqualTo(3);
        assertThat(reader.stream()).isEqualTo(1);
        assertThat(reader.sequence()).isEqualTo(4_000_000_000L);
        assertThat(reader.stamp()).isEqualTo(123_456_789_012L);
    }

    @Test
    void findsEveryFlippedBitOfASmallFrame() {
        byte[] frame = Frames.frame(Frames.ipv4(), 64);
        assertThat(bitsNotCorrupted(FrameReader.bridged(Frames.ipv4(), SMALL), frame))
                .isEmpty();
    }

    @Test
    void findsEveryFlippedBitOfALargeFrame() {
        byte[] frame = Frames.frame(Frames.ipv4(), 1518);
        assertThat(bitsNotCorrupted(FrameReader.bridged(Frames.ipv4(), FrameMix.IMIX), frame))
                .isEmpty();
        byte[] odd = Frames.frame(Frames.ipv4(), 1021);
        assertThat(bitsNotCorrupted(FrameReader.bridged(Frames.ipv4(), FrameMix.of(1021)), odd))
                .isEmpty();
    }

    @Test
    void findsEveryFlippedBitBehindARouterOnceItHasLearnedItsMacAddress() {
        byte[] frame = routed(Frames.frame(Frames.ipv4().withDscp(10), 64));
        FrameReader reader = FrameReader.routed(Frames.ipv4().withDscp(10), SMALL, Frames.RECEIVER);
        assertThat(classify(reader, frame)).isEqualTo(FrameReader.WHOLE);
        assertThat(bitsNotCorrupted(reader, frame)).isEmpty();
    }

    @Test
    void findsEveryFlippedBitOfIpv6ButTheDscpThatARouterMaySet() {
        byte[] frame = Frames.frame(Frames.ipv6(), 84);
        FrameReader reader = FrameReader.bridged(Frames.ipv6(), FrameMix.of(84));
        assertThat(classify(reader, frame)).isEqualTo(FrameReader.WHOLE);
        // Byte 14 is version and the upper half of the traffic class, byte 15 the lower half and the flow label's
        // start.
        assertThat(bitsNotCorrupted(reader, frame))
                .containsExactly(14 * 8, 14 * 8 + 1, 14 * 8 + 2, 14 * 8 + 3, 15 * 8 + 6, 15 * 8 + 7);
    }

    @Test
    void findsEveryFlippedBitOfTagsButPriorityAndDropEligible() {
        FrameSpec spec = Frames.ipv4().withTags(Frames.QINQ);
        byte[] frame = Frames.frame(spec, 72);
        FrameReader reader = FrameReader.bridged(spec, FrameMix.of(72));
        assertThat(classify(reader, frame)).isEqualTo(FrameReader.WHOLE);
        assertThat(bitsNotCorrupted(reader, frame))
                .containsExactly(
                        14 * 8 + 4, 14 * 8 + 5, 14 * 8 + 6, 14 * 8 + 7, 18 * 8 + 4, 18 * 8 + 5, 18 * 8 + 6, 18 * 8 + 7);
    }

    @Test
    void acceptsFramesWhoseTagsTheKernelOrTheDeviceTookOff() {
        FrameSpec spec = Frames.ipv4().withTags(Frames.QINQ);
        FrameReader reader = FrameReader.bridged(spec, FrameMix.of(72));
        byte[] frame = Frames.frame(spec, 72);
        byte[] stripped = without(frame, 12, 4);
        assertThat(classify(reader, stripped)).isEqualTo(FrameReader.WHOLE);
        assertThat(classify(reader, frame)).as("differs from the first one").isEqualTo(FrameReader.CORRUPTED);
        reader.forget();
        assertThat(classify(reader, without(stripped, 12, 4))).isEqualTo(FrameReader.WHOLE);
    }

    @Test
    void learnsTheRoutersMacAddressFromTheFirstWholeFrameOrIsTold() {
        byte[] frame = routed(Frames.frame(Frames.ipv4(), 64));
        byte[] other = frame.clone();
        other[11] ^= 0x40;
        FrameReader reader = FrameReader.routed(Frames.ipv4(), SMALL, Frames.RECEIVER);
        assertThat(classify(reader, other)).isEqualTo(FrameReader.WHOLE);
        assertThat(classify(reader, frame)).isEqualTo(FrameReader.CORRUPTED);
        reader.forget();
        reader.learnSource(ROUTER);
        assertThat(classify(reader, other)).isEqualTo(FrameReader.CORRUPTED);
        assertThat(classify(reader, frame)).isEqualTo(FrameReader.WHOLE);
    }

    @Test
    void callsAFrameForeignThatIsOnItsWayToAnotherStation() {
        FrameReader reader = FrameReader.bridged(Frames.ipv4(), SMALL);
        byte[] elsewhere = Frames.frame(Frames.ipv4(), 64);
        elsewhere[4] ^= 0x11;
        assertThat(classify(reader, elsewhere)).isEqualTo(FrameReader.FOREIGN);
        byte[] damaged = elsewhere.clone();
        damaged[50] ^= 1;
        assertThat(classify(reader, damaged)).as("and damaged").isEqualTo(FrameReader.CORRUPTED);
    }

    @Test
    void callsAFrameForeignThatABridgeShowsOnItsWayToTheRouter() {
        MacAddress receiver = new MacAddress(Frames.RECEIVER.value() ^ 1);
        FrameReader reader = FrameReader.routed(Frames.ipv4(), SMALL, receiver);
        byte[] sent = Frames.frame(Frames.ipv4(), 64);
        assertThat(classify(reader, sent)).isEqualTo(FrameReader.FOREIGN);
        byte[] damaged = routed(sent);
        assertThat(classify(reader, damaged))
                .as("from the router, its destination one bit away from the receiver's")
                .isEqualTo(FrameReader.CORRUPTED);
    }

    @Test
    void callsAFrameCorruptedThatARouterSentToThePortUnexpectedly() {
        FrameReader reader = FrameReader.bridged(Frames.ipv4(), SMALL, ROUTER);
        byte[] frame = Frames.frame(Frames.ipv4(), 64);
        System.arraycopy(ROUTER.bytes(), 0, frame, 0, 6);
        assertThat(classify(reader, frame)).isEqualTo(FrameReader.CORRUPTED);
    }

    @Test
    void callsAnUnbalancedSignatureCorruptedWhateverTheChecksumSays() {
        byte[] frame = Frames.frame(Frames.ipv4(), 64);
        // Two changes that the sum over the datagram does not see: the source port and the sequence number.
        frame[35]++;
        frame[51]--;
        assertThat(classify(FrameReader.bridged(Frames.ipv4(), SMALL), frame)).isEqualTo(FrameReader.CORRUPTED);
    }

    @Test
    void acceptsAllFlowsAndSizesOfTheStreamAndNoOthers() {
        FrameSpec spec = Frames.ipv4().withFlows(3000);
        FrameLayout layout = FrameLayout.of(spec, FrameMix.IMIX, 3000);
        FrameReader reader = FrameReader.bridged(spec, FrameMix.IMIX);
        for (int slot = 0; slot < layout.slots(); slot++) {
            byte[] frame = new byte[layout.length(slot)];
            layout.copyTo(slot, MemorySegment.ofArray(frame), 0);
            assertThat(classify(reader, frame)).isEqualTo(FrameReader.WHOLE);
        }
        assertThat(classify(reader, Frames.frame(spec, 571))).isEqualTo(FrameReader.CORRUPTED);
    }

    @Test
    void callsTruncatedAndPaddedFramesCorrupted() {
        byte[] frame = Frames.frame(Frames.ipv4(), 1518);
        FrameReader reader = FrameReader.bridged(Frames.ipv4(), FrameMix.IMIX);
        for (int length = 46; length < frame.length; length++) {
            assertThat(classify(reader, Arrays.copyOf(frame, length)))
                    .as("%s bytes", length)
                    .isEqualTo(FrameReader.CORRUPTED);
        }
        assertThat(classify(reader, Arrays.copyOf(frame, frame.length + 1))).isEqualTo(FrameReader.CORRUPTED);
    }

    @Test
    void callsAFrameWithoutUdpChecksumCorrupted() {
        byte[] frame = Frames.frame(Frames.ipv4(), 64);
        frame[40] = 0;
        frame[41] = 0;
        assertThat(classify(FrameReader.bridged(Frames.ipv4(), SMALL), frame)).isEqualTo(FrameReader.CORRUPTED);
    }

    @Test
    void callsAnythingElseForeign() {
        FrameReader reader = FrameReader.bridged(Frames.ipv4(), SMALL);
        assertThat(classify(reader, new byte[60])).isEqualTo(FrameReader.FOREIGN);
        assertThat(classify(reader, new byte[0])).isEqualTo(FrameReader.FOREIGN);
        assertThat(classify(reader, Frames.frame(Frames.ipv6(), 84))).isEqualTo(FrameReader.FOREIGN);
        assertThat(classify(reader, Frames.frame(Frames.ipv4().withPorts(0xC020, 9), 64)))
                .as("intact, to another port")
                .isEqualTo(FrameReader.FOREIGN);
        assertThat(classify(reader, Frames.frame(Frames.ipv4().reversed(), 64)))
                .as("intact, the other way")
                .isEqualTo(FrameReader.FOREIGN);
        byte[] unsigned = Frames.frame(Frames.ipv4(), 64);
        Arrays.fill(unsigned, 42, 60, (byte) 0);
        assertThat(classify(reader, unsigned)).as("intact, without magic").isEqualTo(FrameReader.FOREIGN);
    }

    @Test
    void readsNothingOutOfBoundsWhateverArrives() {
        SplittableRandom random = new SplittableRandom(2);
        FrameReader ipv4 = FrameReader.bridged(Frames.ipv4(), FrameMix.IMIX);
        FrameReader ipv6 = FrameReader.bridged(Frames.ipv6(), FrameMix.of(84));
        for (int i = 0; i < 50_000; i++) {
            byte[] noise = new byte[random.nextInt(100)];
            random.nextBytes(noise);
            for (int at = 12; i % 2 == 0 && at + 6 <= noise.length && at < 20; at += 4) {
                int type = List.of(0x8100, 0x88A8, 0x0800, 0x86DD).get(random.nextInt(4));
                noise[at] = (byte) (type >> 8);
                noise[at + 1] = (byte) type;
            }
            assertThat(classify(ipv4, noise)).isNotEqualTo(FrameReader.WHOLE);
            assertThat(classify(ipv6, noise)).isNotEqualTo(FrameReader.WHOLE);
        }
    }

    @Test
    void readsFramesAnywhereInNativeMemory() {
        FrameSpec spec = Frames.ipv4();
        FrameReader reader = FrameReader.bridged(spec, FrameMix.of(1518));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ring = arena.allocate(2000);
            for (int at = 0; at < 16; at++) {
                FrameLayout.of(spec, FrameMix.of(1518), 1).copyTo(0, ring, at);
                assertThat(reader.classify(ring, at, 1514)).isEqualTo(FrameReader.WHOLE);
            }
        }
    }

    @Test
    void refusesSizesWithoutRoomForTheSignature() {
        assertThatThrownBy(() -> FrameReader.bridged(Frames.ipv6(), SMALL))
                .hasMessage("Frames of 64 bytes have no room for headers and signature: use at least 84 bytes.");
    }

    /** Which bits can be flipped without the frame being called corrupted; byte times 8 plus the bit's place from the low end. */
    private static Set<Integer> bitsNotCorrupted(FrameReader reader, byte[] frame) {
        Set<Integer> bits = new TreeSet<>();
        for (int bit = 0; bit < frame.length * 8; bit++) {
            byte[] flipped = frame.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            if (classify(reader, flipped) != FrameReader.CORRUPTED) {
                boolean _ = bits.add(bit);
            }
        }
        return bits;
    }

    /** As a router passes it on: its own MAC address, one hop less, the checksum brought up to date. */
    private static byte[] routed(byte[] frame) {
        byte[] result = frame.clone();
        System.arraycopy(ROUTER.bytes(), 0, result, 6, 6);
        result[22]--;
        result[24] = 0;
        result[25] = 0;
        int checksum = Frames.checksum(result, 14, 20, 0);
        result[24] = (byte) (checksum >> 8);
        result[25] = (byte) checksum;
        return result;
    }

    private static byte[] without(byte[] frame, int from, int length) {
        byte[] result = Arrays.copyOf(frame, frame.length - length);
        System.arraycopy(frame, from + length, result, from, result.length - from);
        return result;
    }

    private static int classify(FrameReader reader, byte[] frame) {
        return reader.classify(MemorySegment.ofArray(frame), 0, frame.length);
    }
}
