package org.sluice.traffic.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sluice.traffic.engine.LatenessBounds;
import org.sluice.traffic.engine.Measurement;
import org.sluice.traffic.engine.Mode;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.engine.TestPath;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.StreamResult;
import org.sluice.traffic.trial.TrialResult;

/** Streams by different routers to one port, which answers for the addresses of all of them. */
class SeveralRoutersTest {
    private static final Duration SETTLE = Duration.ofSeconds(2);
    private static final int FRAMES = 1_500;

    private TwoRouters routers;

    @BeforeEach
    void route() {
        routers = new TwoRouters();
    }

    @AfterEach
    void leave() {
        if (routers != null) {
            routers.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void everyFrameOfEveryStreamIsRecognized(Mode mode) throws Exception {
        List<Stream> streams = List.of(routers.through(0, "198.19.0.1"), routers.through(1, "198.19.0.2"));
        assertAllArrive(run(streams, mode));
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void streamsToOneDestinationAreToldApartByTheirNumbers(Mode mode) throws Exception {
        List<Stream> streams = List.of(routers.through(0, "198.19.0.1"), routers.through(1, "198.19.0.1"));
        assertAllArrive(run(streams, mode));
    }

    private static void assertAllArrive(TrialResult result) {
        assertThat(result.streams()).hasSize(2).allSatisfy(stream -> {
            assertThat(stream.sent()).as("%s", result).isEqualTo(FRAMES);
            assertThat(stream.received()).as("%s", result).isEqualTo(FRAMES);
            assertThat(stream.duplicated()).isZero();
            assertThat(stream.corrupted()).isZero();
        });
        assertThat(result.streams())
                .extracting(StreamResult::latency)
                .allSatisfy(latency -> assertThat(latency).isPresent());
    }

    private static TrialResult run(List<Stream> streams, Mode mode) throws InterruptedException {
        try (TestPath path = TestPath.open(streams, mode, LatenessBounds.DEFAULT, SETTLE);
                Measurement measurement = path.measure(FrameMix.of(64))) {
            return measurement.run(new Load.Burst(FRAMES, 5_000));
        }
    }
}
