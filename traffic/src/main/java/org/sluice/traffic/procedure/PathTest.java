package org.sluice.traffic.procedure;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.sluice.traffic.engine.FloorMeter;
import org.sluice.traffic.engine.LatenessBounds;
import org.sluice.traffic.engine.Measurement;
import org.sluice.traffic.engine.Mode;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.engine.TestPath;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.report.SizeResult;
import org.sluice.traffic.trial.Floor;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.TrialResult;

/**
 * A plan on one path: the tester's floor, a warm-up, every frame size, the floor again. What was found can be asked for at any time,
 * so that an interruption loses only the trial under way. For one thread.
 */
public final class PathTest {
    private static final double WARM_UP_RATE = 20_000;

    private final List<Stream> streams;
    private final TestPlan plan;
    private final Mode mode;
    private final LatenessBounds bounds;
    private final OptionalLong linkSpeed;
    private final ProgressListener progress;
    private final List<SizeResult> sizes = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private @Nullable Floor floorBefore;
    private @Nullable Floor floorAfter;

    /**
     * Prepares; sends nothing yet.
     *
     * @param streams the streams of the path
     * @param plan what to measure
     * @param mode how to send and receive
     * @param bounds how late frames may leave
     * @param linkSpeed bits a second of the slowest link of the path, absent when it has no speed of its own
     * @param progress hears what is done
     */
    public PathTest(
            List<Stream> streams,
            TestPlan plan,
            Mode mode,
            LatenessBounds bounds,
            OptionalLong linkSpeed,
            ProgressListener progress) {
        this.streams = List.copyOf(streams);
        this.plan = requireNonNull(plan, "plan is null");
        this.mode = requireNonNull(mode, "mode is null");
        this.bounds = requireNonNull(bounds, "bounds is null");
        this.linkSpeed = requireNonNull(linkSpeed, "linkSpeed is null");
        this.progress = requireNonNull(progress, "progress is null");
    }

    /**
     * Measures everything.
     *
     * @throws InterruptedException when the thread was interrupted; {@link #sizes} has what was found until then
     */
    public void run() throws InterruptedException {
        if (streams.size() > 1) {
            notes.add(
                    "Rates are those of each of the " + streams.size() + " streams, which are sent at the same time.");
        }
        progress.at("", "floor", "measuring what the tester itself costs");
        floorBefore = new FloorMeter(mode).measure();
        if (!floorBefore.hasLoop()) {
            notes.add(
                    "The tester's own latency and lateness were not measured, because this process may not make network"
                            + " namespaces (CAP_SYS_ADMIN).");
        }
        try (TestPath path = TestPath.open(streams, mode, bounds, plan.profile().settle())) {
            boolean warm = false;
            for (FrameMix mix : plan.mixes()) {
                try (Measurement measurement = path.measure(mix)) {
                    if (!warm) {
                        notes.addAll(measurement.notes());
                        warmUp(measurement);
                        warm = true;
                    }
                    measure(measurement);
                }
            }
        }
        progress.at("", "floor", "measuring what the tester itself costs, again");
        floorAfter = new FloorMeter(mode).measure();
    }

    /** Paced and unpaced frames, until the JVM has compiled both loops; nothing of it counts. */
    private void warmUp(Measurement measurement) throws InterruptedException {
        progress.at(measurement.mix().label(), "warm-up", "sending what does not count");
        Duration half = plan.profile().warmUp().dividedBy(2);
        TrialResult _ = measurement.run(new Load.Unpaced(half));
        TrialResult _ = measurement.run(new Load.Paced(WARM_UP_RATE, half));
    }

    private void measure(Measurement measurement) throws InterruptedException {
        SizeTest test = new SizeTest(TrialSource.of(measurement), plan, linkSpeed, progress);
        try {
            test.run();
        } finally {
            sizes.add(test.result());
            notes.addAll(test.notes());
        }
    }

    /** What was found so far, by frame size. */
    public List<SizeResult> sizes() {
        return List.copyOf(sizes);
    }

    /** What could not be measured, one sentence each. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /** The tester's own floor before; absent until it was measured. */
    public Optional<Floor> floorBefore() {
        return Optional.ofNullable(floorBefore);
    }

    /** The tester's own floor after; absent until it was measured. */
    public Optional<Floor> floorAfter() {
        return Optional.ofNullable(floorAfter);
    }
}
