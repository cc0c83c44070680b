package org.sluice.traffic.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.junit.jupiter.api.Assumptions.abort;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sluice.traffic.check.ShapedBridge.Counters;
import org.sluice.traffic.engine.LatenessBounds;
import org.sluice.traffic.engine.Measurement;
import org.sluice.traffic.engine.Mode;
import org.sluice.traffic.engine.TestPath;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.frame.FrameSize;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.StreamResult;

/**
 * The tester finds the rate of the kernel's token bucket within 1 %. The bucket counts the bytes of a frame without its check
 * sequence, and what passes in a time is what it holds at first, the rate, and what waits when the time is over.
 */
class TokenBucketRateTest {
    /** 2 Mbit/s. */
    private static final double BYTES_PER_SECOND = 250_000;

    private static final long HELD_AT_FIRST = 10_000;
    private static final long WAITING_AT_MOST = 10_000;
    private static final FrameSize SIZE = new FrameSize(512);
    private static final double OFFERED = 1_000;
    private static final long FRAMES = 4_000;

    /** What waits lasts 40 ms: after a longer pause of the sender the bucket had nothing to let through. */
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(20);

    private static final int TRIALS = 6;

    @Test
    void findsTheRate() throws Exception {
        for (int trial = 0; trial < TRIALS; trial++) {
            try (ShapedBridge bridge = new ShapedBridge()) {
                bridge.plant("tbf rate 2mbit burst " + HELD_AT_FIRST + " limit " + WAITING_AT_MOST);

                StreamResult result = send(bridge);
                Counters bucket = bridge.counters();

                assertThat(result.sent()).isEqualTo(FRAMES);
                assertThat(result.lost()).isEqualTo(bucket.drops());
                assertThat(result.received()).isEqualTo(bucket.packets());
                assertThat(result.received() * SIZE.onWire()).isEqualTo(bucket.bytes());
                if (result.lateness().max() < LONGEST_PAUSE.toNanos()) {
                    double seconds = result.sendingNanoseconds() / 1e9;
                    double rate = (result.received() * SIZE.onWire() - HELD_AT_FIRST - WAITING_AT_MOST) / seconds;
                    assertThat(rate).isCloseTo(BYTES_PER_SECOND, withinPercentage(1));
                    return;
                }
            }
        }
        abort("This machine kept the sender from its CPU for " + LONGEST_PAUSE + " in each of " + TRIALS + " trials.");
    }

    private static StreamResult send(ShapedBridge bridge) throws Exception {
        try (TestPath path = TestPath.open(
                        List.of(bridge.stream()), Mode.MMSG, LatenessBounds.DEFAULT, Duration.ofSeconds(1));
                Measurement measurement = path.measure(FrameMix.of(SIZE))) {
            return measurement.run(new Load.Burst(FRAMES, OFFERED)).streams().getFirst();
        }
    }
}
