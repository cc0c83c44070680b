package org.sluice.traffic.check;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sluice.traffic.engine.LatenessBounds;
import org.sluice.traffic.engine.Measurement;
import org.sluice.traffic.engine.Mode;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.engine.TestPath;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.StreamResult;
import org.sluice.traffic.trial.TrialResult;

/** This machine's kernel as a router between the tester's ports, plain and with a token bucket. */
class RoutedPathTest {
    private static final Duration SETTLE = Duration.ofSeconds(2);
    private static final Load LOAD = new Load.Burst(1_500, 5_000);

    /** Of a trial whose frames tcpdump sees too. */
    private static final int FRAMES = 600;

    /** The bucket's queue empties in 200 ms and the bucket fills in 160 ms more. */
    private static final Duration FOR_THE_QUEUE = Duration.ofMillis(450);

    private Middle middle;
    private Router router;

    @BeforeEach
    void route() {
        middle = new Middle();
        router = new Router(middle);
    }

    @AfterEach
    void leave() {
        if (middle != null) {
            middle.close();
        }
    }

    @Test
    void aRouterThatKnowsItsNeighboursLosesNothingAndKeepsTheOrder() throws Exception {
        router.knowNeighbours();
        assertInOrder(assertNothingLost(List.of(router.ipv4()), FrameMix.of(64)));
        assertInOrder(assertNothingLost(List.of(router.ipv6()), FrameMix.of(1280)));
    }

    /** While it hands over what it kept until the answer, a frame that has just come may overtake: Linux does so. */
    @Test
    void aRouterLearnsTheTestersAddressesFromItsAnswers() throws Exception {
        assertNothingLost(List.of(router.ipv4()), FrameMix.IMIX);
        assertNothingLost(List.of(router.ipv6()), FrameMix.of(128));
    }

    @Test
    void routesBothWaysAtOnce() throws Exception {
        router.knowNeighbours();
        Stream there = router.ipv4();
        assertInOrder(assertNothingLost(List.of(there, router.opposite(there)), FrameMix.of(256)));
    }

    private static TrialResult assertNothingLost(List<Stream> streams, FrameMix mix) throws InterruptedException {
        TrialResult result = run(streams, mix, LOAD);
        for (StreamResult stream : result.streams()) {
            assertThat(stream.sent()).as("%s", result).isEqualTo(1_500);
            assertThat(stream.received()).as("%s", result).isEqualTo(1_500);
            assertThat(stream.duplicated()).isZero();
            assertThat(stream.corrupted()).isZero();
        }
        return result;
    }

    private static void assertInOrder(TrialResult result) {
        assertThat(result.streams())
                .allSatisfy(stream -> assertThat(stream.reordered()).isZero());
    }

    /**
     * A bucket of 20 Mbit/s, offered twice that. It counts frames with Ethernet header and without check sequence. What it lets pass
     * at once from a full bucket, and what its queue still holds at the end of sending, is the same in a short and in a long
     * trial, so the difference of the two is what it passed in the difference of their times.
     *
     * <p>Of three trials of each length the one that passed most counts: a machine that is kept from running can only take from
     * what the bucket passes, never add to it.
     */
    @Test
    void findsTheRateOfATokenBucket() throws Exception {
        Program.assumeInstalled("tc", "iproute2");
        router.knowNeighbours();
        long bitsPerSecond = 20_000_000;
        List<String> command = "tc qdisc add dev %s root tbf rate %dbit burst 400000 latency 40ms"
                .formatted(Middle.OUT, bitsPerSecond)
                .transform(text -> List.of(text.split(" ", -1)));
        List<String> _ = Program.run(middle.name(), command);
        FrameMix mix = FrameMix.of(1518);
        double passed = bitsPerSecond / (8.0 * mix.largest().onWire());
        long shorter = 0;
        long longer = 0;
        for (int trial = 0; trial < 3; trial++) {
            shorter = Math.max(shorter, received(mix, 2 * passed, Duration.ofMillis(500)));
            longer = Math.max(longer, received(mix, 2 * passed, Duration.ofMillis(1_500)));
        }
        assertThat((double) (longer - shorter)).isCloseTo(passed, Percentage.withPercentage(1));
    }

    private long received(FrameMix mix, double rate, Duration time) throws InterruptedException {
        try (TestPath path = TestPath.open(List.of(router.ipv4()), Mode.MMSG, LatenessBounds.DEFAULT, FOR_THE_QUEUE);
                Measurement measurement = path.measure(mix)) {
            StreamResult result =
                    measurement.run(new Load.Paced(rate, time)).streams().getFirst();
            assertThat(result.receiverDrops()).isZero();
            assertThat(result.corrupted()).isZero();
            return result.received();
        }
    }

    /**
     * tcpdump has the kernel's stamp of each frame when it comes into the router and when it is handed to the router's other device.
     * The tester measures the same way and, at both ends, a passage of a veth pair more: from its own stamp before the send call to
     * the first of the two, and from the second to the kernel's stamp at its receiver. These passages are what {@link Excess} allows.
     */
    @Test
    void findsTheLatencyThatTheKernelsStampsShow() throws Exception {
        Program.assumeInstalled("tcpdump", "tcpdump");
        router.knowNeighbours();
        Excess excess = new Excess(middle);
        List<Long> found = new ArrayList<>();
        try (Capture in = Capture.start(middle.name(), Middle.IN);
                Capture out = Capture.start(middle.name(), Middle.OUT)) {
            try (TestPath path = TestPath.open(List.of(router.ipv4()), Mode.MMSG, LatenessBounds.DEFAULT, SETTLE);
                    Measurement measurement = path.measure(FrameMix.of(128))) {
                for (int trial = 0; trial <= Excess.TRIALS; trial++) {
                    StreamResult result = measurement
                            .run(new Load.Burst(FRAMES, 4_000))
                            .streams()
                            .getFirst();
                    assertThat(result.received()).as("%s", result).isEqualTo(FRAMES);
                    found.add(result.latency().orElseThrow().p50());
                }
            }
            List<RelayedFrame> entered = in.finish((1L + Excess.TRIALS) * FRAMES);
            List<RelayedFrame> left = out.finish((1L + Excess.TRIALS) * FRAMES);
            for (int trial = 1; trial < found.size(); trial++) {
                // The path's first trial has epoch 1.
                long inner = p50(ofTrial(entered, trial + 1), ofTrial(left, trial + 1));
                excess.add(found.get(trial), inner, inner);
            }
        }
        excess.assertSmall();
    }

    private static Map<Long, Long> ofTrial(List<RelayedFrame> frames, int epoch) {
        Map<Long, Long> stamps = new HashMap<>();
        for (RelayedFrame frame : frames) {
            if (frame.epoch() == epoch) {
                assertThat(stamps.put(frame.sequence(), frame.arrival())).isNull();
            }
        }
        assertThat(stamps).hasSize(FRAMES);
        return stamps;
    }

    private static long p50(Map<Long, Long> before, Map<Long, Long> after) {
        long[] times = before.keySet().stream()
                .mapToLong(sequence -> requireNonNull(after.get(sequence)) - requireNonNull(before.get(sequence)))
                .sorted()
                .toArray();
        return times[times.length / 2];
    }

    private static TrialResult run(List<Stream> streams, FrameMix mix, Load load) throws InterruptedException {
        try (TestPath path = TestPath.open(streams, Mode.MMSG, LatenessBounds.DEFAULT, SETTLE);
                Measurement measurement = path.measure(mix)) {
            return measurement.run(load);
        }
    }
}
