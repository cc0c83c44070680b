package org.sluice.traffic.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.packet.PacketReceiver;
import org.sluice.traffic.engine.LatenessBounds;
import org.sluice.traffic.engine.Measurement;
import org.sluice.traffic.engine.Mode;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.engine.TestPath;
import org.sluice.traffic.frame.FrameLayout;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.frame.FrameReader;
import org.sluice.traffic.frame.FrameSpec;
import org.sluice.traffic.frame.Signature;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.StreamResult;

/** The tester and other programs count the same on the same veth pair, {@code tx} to {@code in}. */
class OtherToolsTest {
    private static final Duration SETTLE = Duration.ofMillis(300);
    private static final FrameMix MIX = FrameMix.of(64);
    private static final int FRAMES = 2_000;

    private Middle middle;

    @BeforeEach
    void join() {
        middle = new Middle();
    }

    @AfterEach
    void leave() {
        if (middle != null) {
            middle.close();
        }
    }

    @Test
    void countsWhatTrafgenSaysItSent(@TempDir Path folder) throws Exception {
        Program.assumeInstalled("trafgen", "netsniff-ng");
        Path frames = Files.writeString(folder.resolve("frames.cfg"), trafgenFrames());
        try (NetworkNamespace namespace = middle.entry.open();
                PacketReceiver receiver = PacketReceiver.open(namespace, middle.entry.device(), 64)) {
            List<String> output = Program.run(
                    middle.transmit.namespace().orElseThrow(),
                    List.of(
                            "trafgen",
                            "--dev",
                            middle.transmit.device(),
                            "--conf",
                            frames.toString(),
                            "--num",
                            Integer.toString(2 * FRAMES),
                            "--no-sock-mem",
                            "--cpus",
                            "1"));
            assertThat(output).anyMatch(line -> line.strip().equals(2 * FRAMES + " packets outgoing"));

            FrameReader reader = FrameReader.bridged(spec(), MIX);
            BitSet sequences = new BitSet();
            int whole = 0;
            while (receiver.hasFrame()) {
                int kind = reader.classify(receiver.memory(), receiver.frame(), receiver.captured());
                assertThat(kind).isEqualTo(FrameReader.WHOLE);
                whole++;
                sequences.set((int) reader.sequence());
                receiver.release();
            }
            assertThat(whole).isEqualTo(2 * FRAMES);
            assertThat(sequences.cardinality()).isEqualTo(FRAMES);
            assertThat(receiver.drops()).isZero();
        }
    }

    /** All the frames with their signatures, in the language of trafgen(8). */
    private static String trafgenFrames() {
        FrameLayout layout = FrameLayout.of(spec(), MIX, 1);
        byte[] frame = new byte[layout.length(0)];
        MemorySegment memory = MemorySegment.ofArray(frame);
        layout.copyTo(0, memory, 0);
        StringBuilder text = new StringBuilder();
        for (int sequence = 0; sequence < FRAMES; sequence++) {
            Signature.write(memory, layout.signatureOffset(), 1, 0, sequence, 0);
            text.append(IntStream.range(0, frame.length)
                    .mapToObj(at -> "0x%02x".formatted(frame[at]))
                    .collect(Collectors.joining(",", "{", "}\n")));
        }
        return text.toString();
    }

    @Test
    void theDevicesCountersAgree() throws Exception {
        Program.assumeInstalled("ip", "iproute2");
        DeviceCounters sentBefore = DeviceCounters.of(middle.transmit);
        DeviceCounters receivedBefore = DeviceCounters.of(middle.entry);
        StreamResult result = run(new Load.Burst(20_000, 200_000));

        long sent = DeviceCounters.of(middle.transmit).sent() - sentBefore.sent();
        long received = DeviceCounters.of(middle.entry).received() - receivedBefore.received();
        assertThat(result.sent()).isEqualTo(20_000).isEqualTo(sent);
        assertThat(result.received() + result.receiverDrops()).isEqualTo(received);
    }

    @ParameterizedTest
    @ValueSource(strings = {"net_af_packet0,framecnt=4096", "net_af_xdp0"})
    void testpmdCountsWhatTheTesterSent(String driver) throws Exception {
        Testpmd.assumeInstalled();
        // Fewer than the 4,096 that testpmd's ring holds, should the machine keep it waiting.
        try (Testpmd testpmd = Testpmd.receiving(middle.name(), driver + ",iface=" + middle.entry.device())) {
            StreamResult result = run(new Load.Burst(FRAMES, 10_000));
            assertThat(result.sent()).isEqualTo(FRAMES);
            testpmd.awaitReceived(FRAMES);
            assertThat(testpmd.received()).isEqualTo(FRAMES);
        }
    }

    /** What the receiver had no room for it counts too: none of the frames that testpmd sent is unaccounted for. */
    @Test
    void countsWhatTestpmdSentAsForeign() throws Exception {
        Testpmd.assumeInstalled();
        try (NetworkNamespace namespace = middle.transmit.open();
                PacketReceiver receiver = PacketReceiver.open(namespace, middle.transmit.device(), 64);
                Testpmd testpmd = Testpmd.sending(middle.name(), "net_af_packet0,iface=" + middle.entry.device())) {
            FrameReader reader = FrameReader.bridged(spec(), MIX);
            long foreign = 0;
            while (foreign < 100_000) {
                foreign += drain(receiver, reader, FrameReader.FOREIGN);
                boolean _ = receiver.await(10);
            }
            long sent = testpmd.sent();
            foreign += drain(receiver, reader, FrameReader.FOREIGN);
            assertThat(foreign + receiver.drops()).isEqualTo(sent);
        }
    }

    /** The rate that the tester says it sent at, and that of the kernel's stamps that tcpdump writes: the two agree within 1 %. */
    @Test
    void sendsAtTheRateThatTheKernelsStampsShow() throws Exception {
        Program.assumeInstalled("tcpdump", "tcpdump");
        Medians partsPerMillion = new Medians();
        for (int trial = 0; trial < 3; trial++) {
            try (Capture capture = Capture.start(middle.name(), middle.entry.device())) {
                StreamResult result = run(new Load.Burst(FRAMES, 10_000));
                List<RelayedFrame> seen = capture.finish(FRAMES);
                assertThat(seen).hasSize(FRAMES);
                long time = seen.getLast().arrival() - seen.getFirst().arrival();
                // The tester's time begins when the first frame is due and ends with the last: one interval less than
                // frames.
                double stamped = FRAMES * 1e9 / time;
                partsPerMillion.add(Math.round(result.sentPerSecond() / stamped * 1e6));
            }
        }
        assertThat(partsPerMillion.median()).as("%s", partsPerMillion).isBetween(990_000L, 1_010_000L);
    }

    private static long drain(PacketReceiver receiver, FrameReader reader, int expected) {
        long count = 0;
        while (receiver.hasFrame()) {
            int kind = reader.classify(receiver.memory(), receiver.frame(), receiver.captured());
            if (kind != expected) {
                throw new AssertionError("A frame of kind " + kind + " among those of kind " + expected + ".");
            }
            count++;
            receiver.release();
        }
        return count;
    }

    private StreamResult run(Load load) throws InterruptedException {
        Stream stream = new Stream(middle.transmit, middle.entry, spec(), Stream.Device.BRIDGE);
        try (TestPath path = TestPath.open(List.of(stream), Mode.MMSG, LatenessBounds.DEFAULT, SETTLE);
                Measurement measurement = path.measure(MIX)) {
            return measurement.run(load).streams().getFirst();
        }
    }

    private static FrameSpec spec() {
        return FrameSpec.between(Middle.TRANSMIT_MAC, Middle.IN_MAC);
    }
}
