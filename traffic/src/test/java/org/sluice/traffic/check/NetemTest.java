package org.sluice.traffic.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.traffic.check.ShapedBridge.Counters;
import org.sluice.traffic.engine.LatenessBounds;
import org.sluice.traffic.engine.Measurement;
import org.sluice.traffic.engine.Mode;
import org.sluice.traffic.engine.TestPath;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.trial.Doubt;
import org.sluice.traffic.trial.Latency;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.StreamResult;

/**
 * The tester finds what the kernel's network emulator planted, for which there are three witnesses: netem's own counters, captures
 * of tcpdump on both sides of it compared byte by byte, and, where netem throws dice, the binomial distribution. Counts are compared
 * without a tolerance.
 *
 * <p>Delays: the tester takes its stamp before it hands a frame to the kernel, and what lies between is the machine's cost, not the
 * device's: it is measured without a delay first, as the tester's floor is in a report. After that the tester's median is within 1 %
 * and 5 µs of the median of kernel stamps on both sides of netem. netem holds no frame for less than the delay that it
 * was given and most for longer, by as much as the machine's timers are late; in an interpreted machine that is 200 µs and more in
 * the median, in the stamps as in what the tester says. The shortest delay is therefore what is compared with the given one.
 */
class NetemTest {
    private static final int FRAMES = 2_000;
    private static final double RATE = 1_000;

    /** At this rate, but to the last frame: a sender that is late does not send fewer. */
    private static final Load LOAD = new Load.Burst(FRAMES, RATE);

    private static final Duration SETTLE = Duration.ofSeconds(2);

    /** How improbable a number of planted faults must be before netem, not chance, is blamed. */
    private static final double IMPROBABLE = 1e-9;

    private ShapedBridge bridge;

    @BeforeEach
    void join() throws InterruptedException {
        bridge = new ShapedBridge();
        bridge.plant("netem");
    }

    @AfterEach
    void leave() {
        if (bridge != null) {
            bridge.close();
        }
    }

    @Test
    void findsNothingWhereNothingIsPlanted() throws Exception {
        Found found = send("netem", LOAD);

        assertThat(found.tester().received()).isEqualTo(FRAMES);
        assertThat(found.netem().packets()).isEqualTo(FRAMES);
        assertThat(found.observed()).isEqualTo(found.reported());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.1, 0.5})
    void countsLostFrames(double share) throws Exception {
        Found found = send("netem loss " + share * 100 + "% seed 11", LOAD);

        assertThat(found.tester().lost()).isEqualTo(found.netem().drops());
        assertThat(found.tester().received()).isEqualTo(found.netem().packets());
        assertThat(found.observed()).isEqualTo(found.reported());
        assertThat(found.netem().drops())
                .isBetween(Binomial.lowest(FRAMES, share, IMPROBABLE), Binomial.highest(FRAMES, share, IMPROBABLE));
    }

    @Test
    void countsCopies() throws Exception {
        Found found = send("netem duplicate 10% seed 12", LOAD);

        assertThat(found.tester().received()).isEqualTo(FRAMES);
        assertThat(found.tester().duplicated()).isEqualTo(found.netem().packets() - FRAMES);
        assertThat(found.observed()).isEqualTo(found.reported());
        assertThat(found.tester().duplicated())
                .isBetween(Binomial.lowest(FRAMES, 0.1, IMPROBABLE), Binomial.highest(FRAMES, 0.1, IMPROBABLE));
    }

    @Test
    void waitsForFramesThatAreLateWhenThereAreMoreCopiesThanThose() throws Exception {
        Found found = send("netem delay 200ms duplicate 50% seed 13", LOAD);

        assertThat(found.tester().received()).isEqualTo(FRAMES);
        assertThat(found.tester().duplicated()).isEqualTo(found.netem().packets() - FRAMES);
        assertThat(found.observed()).isEqualTo(found.reported());
    }

    @Test
    void countsFramesWithAFlippedBit() throws Exception {
        Found found = send("netem corrupt 10% seed 14", LOAD);

        assertThat(found.tester().lost()).isEqualTo(found.tester().corrupted());
        assertThat(found.netem().packets()).isEqualTo(FRAMES);
        assertThat(found.observed()).isEqualTo(found.reported());
        assertThat(found.tester().corrupted())
                .isBetween(Binomial.lowest(FRAMES, 0.1, IMPROBABLE), Binomial.highest(FRAMES, 0.1, IMPROBABLE));
    }

    @Test
    void knowsEveryFrameWithAFlippedBitForOneOfItsOwn() throws Exception {
        Found found = send("netem corrupt 100%", LOAD);

        assertThat(found.tester().received()).isZero();
        assertThat(found.tester().corrupted()).isEqualTo(FRAMES);
        assertThat(found.observed()).isEqualTo(found.reported());
    }

    /** All of a burst wait but every tenth, which goes out at once: each of the others is overtaken by one sent later. */
    @Test
    void countsOvertakenFrames() throws Exception {
        Found found = send("netem delay 1000ms reorder 100% gap 10 limit 4000", new Load.Burst(FRAMES, 10_000));

        assertThat(found.netem().requeues()).isEqualTo(FRAMES / 10);
        assertThat(found.tester().reordered()).isEqualTo(FRAMES - found.netem().requeues());
        assertThat(found.tester().received()).isEqualTo(FRAMES);
        assertThat(found.observed()).isEqualTo(found.reported());
    }

    @Test
    void tellsAllOfThemApart() throws Exception {
        Found found =
                send("netem delay 10ms reorder 90% gap 7 loss 5% duplicate 5% corrupt 5% limit 4000 seed 15", LOAD);

        assertThat(found.observed()).isEqualTo(found.reported());
        assertThat(found.netem().drops()).isPositive();
        assertThat(found.tester().received()).isBetween(1L, FRAMES - 1L);
        assertThat(found.tester().reordered()).isPositive();
        assertThat(found.tester().duplicated()).isPositive();
        assertThat(found.tester().corrupted()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 20})
    void findsTheDelay(int milliseconds) throws Exception {
        Found without = send("netem", LOAD);
        Found found = send("netem delay " + milliseconds + "ms", LOAD);

        long given = Duration.ofMillis(milliseconds).toNanos();
        long own = without.latency().p50() - without.medianDelay();
        long stamped = found.medianDelay();
        Latency latency = found.latency();
        assertThat(latency.p50()).isGreaterThan(stamped).isGreaterThan(given);
        assertThat(latency.p50() - own)
                .as("its own cost of %s ns taken off", own)
                .isCloseTo(stamped, within(tolerance(stamped)));
        assertThat(latency.min()).isCloseTo(given, within(tolerance(given) + own));
    }

    /** 1 % and 5 µs. */
    private static long tolerance(long nanoseconds) {
        return nanoseconds / 100 + 5_000;
    }

    private Found send(String planted, Load load) throws Exception {
        bridge.plant(planted);
        try (TcpdumpCapture before = bridge.captureBefore();
                TcpdumpCapture after = bridge.captureAfter();
                TestPath path = TestPath.open(List.of(bridge.stream()), Mode.MMSG, LatenessBounds.DEFAULT, SETTLE);
                Measurement measurement = path.measure(FrameMix.of(64))) {
            StreamResult result = measurement.run(load).streams().getFirst();
            assertThat(result.sent()).isEqualTo(FRAMES);
            assertThat(result.doubts()).doesNotContain(Doubt.RECEIVER_DROPPED);
            Observed observed = Observed.between(before.end(), after.end());
            return new Found(result, observed.counts(), bridge.counters(), observed.medianDelay());
        }
    }

    /**
     * What was found.
     *
     * @param tester by the tester
     * @param observed by tcpdump
     * @param netem by netem
     * @param medianDelay of kernel stamps, in nanoseconds
     */
    private record Found(StreamResult tester, Observed.Counts observed, Counters netem, long medianDelay) {
        Latency latency() {
            return tester.latency().orElseThrow();
        }

        /** What the tester says about the things that can be observed. */
        Observed.Counts reported() {
            return new Observed.Counts(
                    tester.sent(), tester.received(), tester.reordered(), tester.duplicated(), tester.corrupted());
        }
    }
}
