package org.sluice.traffic.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.net.VlanProtocol;
import org.sluice.traffic.engine.LatenessBounds;
import org.sluice.traffic.engine.Measurement;
import org.sluice.traffic.engine.Mode;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.engine.TestPath;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.frame.FrameSpec;
import org.sluice.traffic.frame.VlanTag;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.StreamResult;
import org.sluice.traffic.trial.TrialResult;

/** The tester finds exactly what an impairer planted between its ports. Every count is compared, none within a tolerance. */
class ImpairedPathTest {
    private static final Duration SETTLE = Duration.ofMillis(400);

    /** A burst has seconds of time for its last frame: a sender that the machine keeps waiting still sends all. */
    private static final Load LOAD = new Load.Burst(2_000, 10_000);

    /** From the first byte of the Ethernet header to the last of a frame of 64 bytes; no tags. */
    private static final FaultPlan.Bits ALL_OF_64 = new FaultPlan.Bits(-14, 60);

    /** What both families protect and no device may change: all but the first two bytes of the IP header. */
    private static final FaultPlan.Bits BEHIND_DSCP = new FaultPlan.Bits(2, 44);

    private static final FaultPlan EVERYTHING = FaultPlan.NOTHING
            .dropping(new Choice.Share(0.03, 1))
            .duplicating(new Choice.Every(11))
            .holdingBack(new Choice.Every(13), 3)
            .flipping(new Choice.Share(0.05, 2), BEHIND_DSCP);

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

    static List<Arguments> plans() {
        return List.of(
                Arguments.of("nothing", FaultPlan.NOTHING),
                Arguments.of("every seventh lost", FaultPlan.NOTHING.dropping(new Choice.Every(7))),
                Arguments.of("3 % lost at random", FaultPlan.NOTHING.dropping(new Choice.Share(0.03, 7))),
                Arguments.of("the last frame lost", FaultPlan.NOTHING.dropping(new Choice.Every(2_000))),
                Arguments.of("everything lost", FaultPlan.NOTHING.dropping(new Choice.Every(1))),
                Arguments.of("every eleventh twice", FaultPlan.NOTHING.duplicating(new Choice.Every(11))),
                Arguments.of("every frame twice", FaultPlan.NOTHING.duplicating(new Choice.Every(1))),
                Arguments.of("neighbours swapped", FaultPlan.NOTHING.holdingBack(new Choice.Every(2), 1)),
                Arguments.of("overtaken by nine", FaultPlan.NOTHING.holdingBack(new Choice.Every(12), 9)),
                Arguments.of("each bit turned over", FaultPlan.NOTHING.flipping(new Choice.Every(4), ALL_OF_64)),
                Arguments.of("all of it", EVERYTHING));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("plans")
    void reportsWhatWasPlanted(String name, FaultPlan plan) throws Exception {
        TrialResult _ = runAndCompare(Mode.MMSG, FrameMix.of(64), List.of(stream(ipv4())), plan, FaultPlan.NOTHING);
    }

    static List<Arguments> frames() {
        VlanTag vlan = VlanTag.of(100);
        VlanTag provider = new VlanTag(VlanProtocol.DOT1AD, 200, 5);
        return List.of(
                Arguments.of("IPv4 in IMIX", ipv4(), FrameMix.IMIX),
                Arguments.of("IPv6", ipv6(), FrameMix.of(128)),
                Arguments.of("VLAN", ipv4().withTags(List.of(vlan)), FrameMix.of(128)),
                Arguments.of("IPv6 in VLAN", ipv6().withTags(List.of(vlan)), FrameMix.of(256)),
                Arguments.of("QinQ in IMIX", ipv4().withTags(List.of(provider, vlan)), FrameMix.IMIX),
                Arguments.of("300 flows", ipv4().withFlows(300), FrameMix.of(64)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("frames")
    void findsAllFaultsInAllKindsOfFrames(String name, FrameSpec spec, FrameMix mix) throws Exception {
        TrialResult _ =
                runAndCompare(Mode.MMSG, mix.orMinimum(spec), List.of(stream(spec)), EVERYTHING, FaultPlan.NOTHING);
    }

    /** The kernel takes the outer tag out of a frame and tells it apart. */
    @Test
    void findsFramesThatComeInAnotherVlan() throws Exception {
        FaultPlan.Bits identifier = new FaultPlan.Bits(-3, 1);
        FrameSpec tagged = ipv4().withTags(List.of(VlanTag.of(100)));
        FaultPlan plan = FaultPlan.NOTHING.flipping(new Choice.Every(4), identifier);

        TrialResult result =
                runAndCompare(Mode.MMSG, FrameMix.of(68), List.of(stream(tagged)), plan, FaultPlan.NOTHING);

        assertThat(result.streams().getFirst().corrupted()).isEqualTo(500);
    }

    @Test
    void findsThemByXdpToo() throws Exception {
        TrialResult _ = runAndCompare(Mode.XDP, FrameMix.IMIX, List.of(stream(ipv4())), EVERYTHING, FaultPlan.NOTHING);
    }

    @Test
    void tellsTheTwoDirectionsApart() throws Exception {
        Stream there = stream(ipv4());
        FaultPlan back = FaultPlan.NOTHING
                .dropping(new Choice.Every(17))
                .duplicating(new Choice.Share(0.1, 3))
                .holdingBack(new Choice.Share(0.02, 4), 1);
        TrialResult _ = runAndCompare(Mode.MMSG, FrameMix.of(128), List.of(there, there.reversed()), EVERYTHING, back);
    }

    @Test
    void tellsStreamsOnOnePathApart() throws Exception {
        Stream stream = stream(ipv4().withFlows(16));
        TrialResult _ =
                runAndCompare(Mode.MMSG, FrameMix.IMIX, List.of(stream, stream, stream), EVERYTHING, FaultPlan.NOTHING);
    }

    /** As from several routers: other source MAC and IP addresses, another destination address or port. */
    @Test
    void tellsStreamsWithOtherHeadersApartAndWhoseFramesWereDamaged() throws Exception {
        FrameSpec first = ipv4();
        List<Stream> streams = List.of(
                stream(first),
                stream(FrameSpec.of(
                        MacAddress.parse("02:00:00:00:01:0c"),
                        first.destinationMac(),
                        InetAddress.ofLiteral("198.18.7.1"),
                        InetAddress.ofLiteral("198.18.0.9"))),
                stream(FrameSpec.of(
                                MacAddress.parse("02:00:00:00:02:30"),
                                first.destinationMac(),
                                InetAddress.ofLiteral("198.18.9.1"),
                                first.destination())
                        .withPorts(0xC020, 1_234)));
        FaultPlan everyBit = FaultPlan.NOTHING.flipping(new Choice.Every(4), ALL_OF_64);
        TrialResult result = runAndCompare(Mode.MMSG, FrameMix.of(64), streams, everyBit, FaultPlan.NOTHING);
        assertThat(result.streams())
                .extracting(StreamResult::corrupted)
                .as("every fourth of 2,000")
                .containsExactly(500L, 500L, 500L);
    }

    /**
     * The tester measures from right before its send call to the kernel's stamp at its receiver, the impairer from the kernel's
     * stamp at its entry to its own send call; between the two are two passages of a veth pair, of about a microsecond each.
     */
    @Test
    void findsAFixedDelay() throws Exception {
        Duration delay = Duration.ofMillis(2);
        Excess excess = new Excess(middle);
        try (Impairer wire = new Impairer(middle, Middle.IN, Middle.OUT, FaultPlan.NOTHING.delaying(delay))) {
            List<Long> found = new ArrayList<>();
            try (TestPath path = TestPath.open(List.of(stream(ipv4())), Mode.MMSG, LatenessBounds.DEFAULT, SETTLE);
                    Measurement measurement = path.measure(FrameMix.of(128))) {
                for (int trial = 0; trial <= Excess.TRIALS; trial++) {
                    StreamResult result = measurement
                            .run(new Load.Burst(600, 4_000))
                            .streams()
                            .getFirst();
                    assertThat(result.received()).as("%s", result).isEqualTo(600);
                    found.add(result.latency().orElseThrow().p50());
                }
            }
            wire.finish();
            for (int trial = 1; trial < found.size(); trial++) {
                // The path's first trial has epoch 1.
                Transits inner = wire.transits(trial + 1);
                excess.add(found.get(trial), inner.p50(), inner.leastP50());
                assertThat(found.get(trial)).isGreaterThanOrEqualTo(delay.toNanos());
            }
        }
        excess.assertSmall();
    }

    private TrialResult runAndCompare(Mode mode, FrameMix mix, List<Stream> streams, FaultPlan there, FaultPlan back)
            throws Exception {
        TrialResult result;
        try (Impairer forth = new Impairer(middle, Middle.IN, Middle.OUT, there);
                Impairer opposite = new Impairer(middle, Middle.OUT, Middle.IN, back)) {
            try (TestPath path = TestPath.open(streams, mode, LatenessBounds.DEFAULT, SETTLE);
                    Measurement measurement = path.measure(mix)) {
                result = measurement.run(LOAD);
            }
            forth.finish();
            opposite.finish();
            long corrupted = 0;
            long flipped = 0;
            for (int number = 0; number < streams.size(); number++) {
                boolean isThere = streams.get(number).transmit().equals(middle.transmit);
                Planted planted = (isThere ? forth : opposite).planted(number);
                StreamResult found = result.streams().get(number);
                assertReportedAsPlanted(found, planted);
                flipped += planted.flipped();
                corrupted += found.corrupted();
            }
            assertThat(corrupted).as("corrupted in %s", result).isEqualTo(flipped);
        }
        return result;
    }

    private static void assertReportedAsPlanted(StreamResult found, Planted planted) {
        assertThat(found.sent()).as("sent, %s", found).isEqualTo(found.intended());
        assertThat(planted.arrived()).as("arrived at the impairer").isEqualTo(found.sent());
        assertThat(found.receiverDrops()).as("dropped by the tester").isZero();
        assertThat(found.lost()).as("lost, %s", planted).isEqualTo(planted.dropped() + planted.flipped());
        assertThat(found.duplicated()).as("duplicated, %s", planted).isEqualTo(planted.duplicated());
        assertThat(found.reordered()).as("reordered, %s", planted).isEqualTo(planted.overtaken());
        assertThat(found.lastLost()).as("last lost").isEqualTo(planted.lastMissing());
    }

    private Stream stream(FrameSpec spec) {
        return new Stream(middle.transmit, middle.receive, spec, Stream.Device.BRIDGE);
    }

    private static FrameSpec ipv4() {
        return spec("198.18.0.1", "198.18.0.2");
    }

    private static FrameSpec ipv6() {
        return spec("2001:2::1", "2001:2::2");
    }

    private static FrameSpec spec(String source, String destination) {
        return FrameSpec.of(
                Middle.TRANSMIT_MAC,
                Middle.RECEIVE_MAC,
                InetAddress.ofLiteral(source),
                InetAddress.ofLiteral(destination));
    }
}
