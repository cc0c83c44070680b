package org.sluice.traffic.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.StreamResult;
import org.sluice.traffic.trial.TrialResult;

/** Trials over a veth pair, which loses nothing. Bursts, because they may take their time on a busy machine. */
class MeasurementTest {
    private static final Duration SETTLE = Duration.ofMillis(500);

    private VethPair pair;

    @BeforeEach
    void join() {
        pair = new VethPair(1_500);
    }

    @AfterEach
    void leave() {
        if (pair != null) {
            pair.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void everyFrameArrivesOnceInOrderAndWhole(Mode mode) throws Exception {
        for (FrameMix mix : List.of(FrameMix.of(64), FrameMix.of(1518), FrameMix.IMIX)) {
            try (TestPath path = TestPath.open(List.of(pair.stream()), mode, LatenessBounds.DEFAULT, SETTLE);
                    Measurement measurement = path.measure(mix)) {
                TrialResult result = measurement.run(new Load.Burst(3_000, 10_000));

                StreamResult stream = result.streams().getFirst();
                assertThat(stream.sent()).as("%s", result).isEqualTo(3_000);
                assertThat(stream.received()).as("%s", result).isEqualTo(3_000);
                assertThat(stream.reordered()).isZero();
                assertThat(stream.duplicated()).isZero();
                assertThat(stream.corrupted()).isZero();
                assertThat(stream.lastLost()).isEmpty();
                assertThat(stream.latency()).hasValueSatisfying(latency -> {
                    assertThat(latency.samples()).isPositive();
                    assertThat(latency.min()).isPositive();
                    assertThat(latency.p50()).isBetween(latency.min(), latency.max());
                });
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void sendsInBothDirectionsAtOnce(Mode mode) throws Exception {
        Stream there = pair.stream();
        try (TestPath path = TestPath.open(List.of(there, there.reversed()), mode, LatenessBounds.DEFAULT, SETTLE);
                Measurement measurement = path.measure(FrameMix.of(128))) {
            TrialResult result = measurement.run(new Load.Burst(1_000, 5_000));

            assertThat(result.streams()).extracting(StreamResult::received).containsExactly(1_000L, 1_000L);
            assertThat(result.lost()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void countsTheTrialsApart(Mode mode) throws Exception {
        try (TestPath path = TestPath.open(List.of(pair.stream()), mode, LatenessBounds.DEFAULT, SETTLE);
                Measurement measurement = path.measure(FrameMix.of(64))) {
            for (int trial = 0; trial < 3; trial++) {
                assertThat(measurement.run(new Load.Burst(500, 1_000_000)).received())
                        .isEqualTo(500);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void anUnpacedLoadSaysWhatTheSenderCan(Mode mode) throws Exception {
        try (TestPath path = TestPath.open(List.of(pair.stream()), mode, LatenessBounds.DEFAULT, SETTLE);
                Measurement measurement = path.measure(FrameMix.of(64))) {
            StreamResult stream = measurement
                    .run(new Load.Unpaced(Duration.ofMillis(300)))
                    .streams()
                    .getFirst();
            assertThat(stream.sentPerSecond()).isGreaterThan(10_000);
            assertThat(stream.senderCpuNanoseconds()).isPositive();
        }
    }

    @Test
    void carriesJumboFrames() throws Exception {
        try (VethPair wide = new VethPair(9_216);
                TestPath path = TestPath.open(List.of(wide.stream()), Mode.MMSG, LatenessBounds.DEFAULT, SETTLE);
                Measurement measurement = path.measure(FrameMix.of(9216))) {
            assertThat(measurement.run(new Load.Burst(500, 100_000)).received()).isEqualTo(500);
        }
    }

    @Test
    void readsWhereAnInterfaceIs() {
        assertThat(PortName.parse("eth0")).isEqualTo(new PortName("eth0", Optional.empty()));
        assertThat(PortName.parse("eth0@blue")).isEqualTo(new PortName("eth0", Optional.of("blue")));
        assertThat(PortName.parse("eth0@blue")).hasToString("eth0@blue");
    }
}
