package org.sluice.traffic.search;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/** A device that exists in arithmetic only. It is deterministic by its random generator, and keeps what was asked of it. */
final class SimulatedDevice implements Trials {
    /** How many frames of a trial a device loses. */
    interface Loss {
        double frames(double load, double seconds);
    }

    private final Loss loss;
    private final double testerLimit;
    private final List<Outcome> trials = new ArrayList<>();

    private SimulatedDevice(Loss loss, double testerLimit) {
        this.loss = loss;
        this.testerLimit = testerLimit;
    }

    /** Loses exactly what is above its capacity. */
    static SimulatedDevice perfect(double capacity) {
        return losing(above(capacity));
    }

    static SimulatedDevice losing(Loss loss) {
        return new SimulatedDevice(loss, Double.POSITIVE_INFINITY);
    }

    /** Forwards less than its capacity once it is overloaded, as software does that spends its time on frames it drops. */
    static SimulatedDevice collapsing(double capacity, double share) {
        return losing((load, seconds) -> load <= capacity ? 0 : (load - capacity * share) * seconds);
    }

    /** Has another capacity in each trial, up to so much below the best. */
    static SimulatedDevice noisy(double capacity, double noise, RandomGenerator random) {
        return losing((load, seconds) ->
                above(capacity * (1 - noise * Math.abs(random.nextGaussian()))).frames(load, seconds));
    }

    /** Loses one frame in such a share of all seconds, whatever the load. */
    static SimulatedDevice hiccuping(double capacity, double perSecond, RandomGenerator random) {
        return losing((load, seconds) -> above(capacity).frames(load, seconds)
                + (random.nextDouble() < 1 - Math.pow(1 - perSecond, seconds) ? 1 : 0));
    }

    /** Absorbs so many frames above its capacity before it loses any: short trials flatter it. */
    static SimulatedDevice buffering(double capacity, long buffer) {
        return losing((load, seconds) -> above(capacity).frames(load, seconds) - buffer);
    }

    /** Loses at loads of a window well below its capacity, but not above it. */
    static SimulatedDevice nonMonotonic(double capacity, double from, double to) {
        return losing((load, seconds) ->
                load >= from && load <= to ? seconds : above(capacity).frames(load, seconds));
    }

    /** Loses a tenth of all frames in its first trials. */
    static SimulatedDevice warmingUp(double capacity, int trials) {
        AtomicInteger left = new AtomicInteger(trials);
        return losing((load, seconds) -> left.getAndDecrement() > 0
                ? load * seconds / 10
                : above(capacity).frames(load, seconds));
    }

    /** The same device behind a tester that can only send so fast. */
    SimulatedDevice behindTester(double limit) {
        return new SimulatedDevice(loss, limit);
    }

    static Loss above(double capacity) {
        return (load, seconds) -> (load - capacity) * seconds;
    }

    @Override
    public Outcome measure(double framesPerSecond, Duration duration) {
        double seconds = Loads.seconds(duration);
        double offered = Math.min(framesPerSecond, testerLimit);
        long sent = Math.max(1, Math.round(offered * seconds));
        long lost = Math.clamp((long) Math.floor(loss.frames(offered, seconds) + 1e-6), 0, sent);
        Outcome outcome = new Outcome(framesPerSecond, duration, sent, lost, framesPerSecond <= testerLimit);
        trials.add(outcome);
        return outcome;
    }

    List<Outcome> trials() {
        return List.copyOf(trials);
    }

    double seconds() {
        return trials.stream()
                .mapToDouble(trial -> Loads.seconds(trial.duration()))
                .sum();
    }
}
