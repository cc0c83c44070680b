package org.sluice.traffic.procedure;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.frame.Rate;
import org.sluice.traffic.report.SizeResult.Throughput;

/** Plans that a simulated path gets through within milliseconds. */
final class Plans {
    static final Duration TRIAL = Duration.ofMillis(200);

    static final Profile TINY = new Profile(
            "tiny",
            Duration.ofMillis(1),
            Duration.ofMillis(1),
            TRIAL,
            0.01,
            3,
            Duration.ofMillis(100),
            4,
            10,
            5,
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            2,
            Duration.ofMillis(100));

    private Plans() {}

    static TestPlan of(Procedure first, Procedure... others) {
        return of(TestPlan.Search.BINARY, first, others);
    }

    static TestPlan of(TestPlan.Search search, Procedure first, Procedure... others) {
        return plan(search, EnumSet.of(first, others), Optional.empty(), Optional.empty());
    }

    static TestPlan plan(
            TestPlan.Search search, Set<Procedure> procedures, Optional<Rate> highest, Optional<Rate> soak) {
        return new TestPlan(
                TINY,
                procedures,
                search,
                List.of(FrameMix.of(64)),
                highest,
                soak,
                Duration.ofMillis(250),
                procedures.contains(Procedure.RESET)
                        ? Optional.of(new ResetPlan("true", Duration.ofSeconds(10)))
                        : Optional.empty());
    }

    /** Runs the plan; ends where the path says it was interrupted. */
    static SizeTest run(SimulatedPath path, TestPlan plan) {
        return run(path, plan, OptionalLong.empty(), ProgressListener.NONE);
    }

    static SizeTest run(SimulatedPath path, TestPlan plan, OptionalLong linkSpeed, ProgressListener progress) {
        SizeTest test = new SizeTest(path, plan, linkSpeed, progress);
        try {
            test.run();
        } catch (InterruptedException asked) {
            // What was found until then is what the test looks at.
        }
        return test;
    }

    /** A bench with a throughput that was found before. */
    static Bench bench(SimulatedPath path, double throughput, double highest) {
        Bench bench = new Bench(
                new TrialRecorder(path),
                new Findings(path.mix(), OptionalDouble.empty()),
                TINY,
                new HighestRate(highest, false),
                new SizeProgress("64", ProgressListener.NONE));
        bench.findings().throughput(new Throughput(throughput, throughput * 512, 0, List.of(throughput)));
        return bench;
    }
}
