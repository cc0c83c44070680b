package org.sluice.traffic.check;

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
    private static final int FRAMES = 1_000;

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
    void aRouterThatKnowsItsNeighboursLosesNothing() throws Exception {
        router.knowNeighbours();
        assertNothingLost(List.of(router.ipv4()), FrameMix.of(64));
        assertNothingLost(List.of(router.ipv6()), FrameMix.of(1280));
    }

    @Test
    void aRouterLearnsTheTestersAddressesFromItsAnswers() throws Exception {
        assertNothingLost(List.of(router.ipv4()), FrameMix.IMIX);
        assertNothingLost(List.of(router.ipv6()), FrameMix.of(128));
    }

    @Test
    void routesBothWaysAtOnce() throws Exception {
        Stream there = router.ipv4();
        assertNothingLost(List.of(there, router.opposite(there)), FrameMix.of(256));
    }

    private static void assertNothingLost(List<Stream> streams, FrameMix mix) throws InterruptedException {
        TrialResult result = run(streams, mix, LOAD);
        for (StreamResult stream : result.streams()) {
            assertThat(stream.sent()).as("%s", result).isEqualTo(1_500);
            assertThat(stream.received()).as("%s", result).isEqualTo(1_500);
            assertThat(stream.reordered()).isZero();
            assertThat(stream.duplicated()).isZero();
            assertThat(stream.corrupted()).isZero();
        }
    }

    /**
     * A bucket of 50 Mbit/s, offered twice that. It counts frames with Ethernet header and without check sequence. What it lets pass
     * at once from a full bucket, and what its queue still holds at the end of sending, is the same in a short and in a long
     * trial, so the difference of the two is what it passed in the difference of their times.
     */
    @Test
    void findsTheRateOfATokenBucket() throws Exception {
        Program.assumeInstalled("tc", "iproute2");
        router.knowNeighbours();
        long bitsPerSecond = 50_000_000;
        List<String> _ = Program.run(
                middle.name(),
                List.of(
                        "tc", "qdisc", "add", "dev", Middle.OUT, "root", "tbf", "rate", bitsPerSecond + "bit", "burst",
                        "60000", "latency", "40ms"));
        FrameMix mix = FrameMix.of(1518);
        double passed = bitsPerSecond / (8.0 * mix.largest().onWire());
        Medians rates = new Medians();
        for (int trial = 0; trial < Medians.TRIALS; trial++) {
            long shortly = received(mix, 2 * passed, Duration.ofMillis(250));
            long longer = received(mix, 2 * passed, Duration.ofMillis(1_250));
            rates.add(longer - shortly);
        }
        assertThat((double) rates.median()).as("%s", rates).isCloseTo(passed, Percentage.withPercentage(1));
    }

    private long received(FrameMix mix, double rate, Duration time) throws InterruptedException {
        try (TestPath path =
                        TestPath.open(List.of(router.ipv4()), Mode.MMSG, LatenessBounds.DEFAULT, Duration.ofMillis(150));
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
     * the first of the two, and from the second to the kernel's stamp at its receiver. These passages are what the 5 µs are for.
     */
    @Test
    void findsTheLatencyThatTheKernelsStampsShow() throws Exception {
        Program.assumeInstalled("tcpdump", "tcpdump");
        router.knowNeighbours();
        Medians differences = new Medians();
        for (int trial = 0; trial < Medians.TRIALS; trial++) {
            try (Capture in = Capture.start(middle.name(), Middle.IN);
                    Capture out = Capture.start(middle.name(), Middle.OUT)) {
                StreamResult result = run(List.of(router.ipv4()), FrameMix.of(128), new Load.Burst(FRAMES, 4_000))
                        .streams()
                        .getFirst();
                assertThat(result.received()).isEqualTo(FRAMES);
                long stamped = p50(in.finish(FRAMES), out.finish(FRAMES));
                differences.add(result.latency().orElseThrow().p50() - stamped);
            }
        }
        assertThat(differences.median()).as("%s", differences).isBetween(-5_000L, 5_000L);
    }

    private static long p50(List<RelayedFrame> before, List<RelayedFrame> after) {
        assertThat(before).hasSize(FRAMES);
        assertThat(after).hasSize(FRAMES);
        Map<Long, Long> entered = new HashMap<>();
        before.forEach(frame -> entered.put(frame.sequence(), frame.arrival()));
        List<Long> times = new ArrayList<>();
        after.forEach(frame -> times.add(frame.arrival() - entered.get(frame.sequence())));
        long[] sorted = times.stream().mapToLong(Long::longValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static TrialResult run(List<Stream> streams, FrameMix mix, Load load) throws InterruptedException {
        try (TestPath path = TestPath.open(streams, Mode.MMSG, LatenessBounds.DEFAULT, SETTLE);
                Measurement measurement = path.measure(mix)) {
            return measurement.run(load);
        }
    }
}
