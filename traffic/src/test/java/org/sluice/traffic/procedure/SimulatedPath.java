package org.sluice.traffic.procedure;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.HdrHistogram.Histogram;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.trial.Doubt;
import org.sluice.traffic.trial.Latency;
import org.sluice.traffic.trial.Lateness;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.StreamResult;
import org.sluice.traffic.trial.TrialResult;

/**
 * A path that exists in arithmetic only: a queue of so many frames in front of a server of so many frames a second, and a wire with a
 * latency. Every frame of every trial is computed, so that a test must keep rates and times small. Deterministic.
 */
final class SimulatedPath implements TrialSource {
    private static final double SECOND = 1e9;

    private final double capacity;
    private final long buffer;
    private final FrameMix mix;
    private final List<TrialResult> trials = new ArrayList<>();
    private final Deque<Set<Doubt>> doubtsToCome = new ArrayDeque<>();
    private final Histogram latencies = new Histogram(1, 100_000_000_000L, 3);
    private double senderLimit = 1_000_000;
    private double lateAbove = Double.POSITIVE_INFINITY;
    private long latency = 10_000;
    private int streams = 1;
    private double silentFrom = Double.POSITIVE_INFINITY;
    private double silentUntil = Double.POSITIVE_INFINITY;
    private double stunned;
    private int interruptedAt = Integer.MAX_VALUE;

    /**
     * A path that loses nothing at rates up to its capacity.
     *
     * @param capacity frames a second and stream
     * @param buffer frames that wait at most
     */
    SimulatedPath(double capacity, long buffer) {
        this.capacity = capacity;
        this.buffer = buffer;
        this.mix = FrameMix.of(64);
    }

    /** The sender can do no more than this: it says so when nothing paces it, and is too slow above. */
    SimulatedPath senderLimit(double framesPerSecond) {
        senderLimit = framesPerSecond;
        return this;
    }

    /** Frames leave late at rates above this. */
    SimulatedPath lateAbove(double framesPerSecond) {
        lateAbove = framesPerSecond;
        return this;
    }

    SimulatedPath latency(long nanoseconds) {
        latency = nanoseconds;
        return this;
    }

    SimulatedPath streams(int number) {
        streams = number;
        return this;
    }

    /** From now on, in each trial, forwards nothing in this time. */
    SimulatedPath silent(double fromSecond, double untilSecond) {
        silentFrom = fromSecond;
        silentUntil = untilSecond;
        return this;
    }

    /** Forwards nothing for so many seconds after the end of an overload. */
    SimulatedPath stunned(double seconds) {
        stunned = seconds;
        return this;
    }

    /** The next trial has this doubt. */
    SimulatedPath doubtNext(Doubt doubt) {
        doubtsToCome.add(EnumSet.of(doubt));
        return this;
    }

    /** The trial with this number, from 0, is interrupted. */
    SimulatedPath interruptedAt(int trial) {
        interruptedAt = trial;
        return this;
    }

    List<TrialResult> trials() {
        return List.copyOf(trials);
    }

    @Override
    public FrameMix mix() {
        return mix;
    }

    @Override
    public Histogram latencies() {
        return latencies;
    }

    @Override
    public TrialResult run(Load load) throws InterruptedException {
        if (trials.size() == interruptedAt) {
            throw new InterruptedException("The test asked for it.");
        }
        latencies.reset();
        List<StreamResult> results = new ArrayList<>();
        Set<Doubt> doubts = EnumSet.noneOf(Doubt.class);
        if (!doubtsToCome.isEmpty()) {
            doubts.addAll(doubtsToCome.remove());
        }
        for (int stream = 0; stream < streams; stream++) {
            results.add(
                    switch (load) {
                        case Load.Unpaced unpaced -> unpaced(stream, unpaced, doubts);
                        case Load.Paced paced -> paced(stream, doubts, paced);
                        case Load.Stepped(Load.Paced first, Load.Paced then) -> paced(stream, doubts, first, then);
                        case Load.Burst burst ->
                            simulate(stream, doubts, new double[] {burst.framesPerSecond()}, new long[] {burst.frames()
                            });
                    });
        }
        TrialResult result = new TrialResult(load, Instant.EPOCH, results);
        trials.add(result);
        return result;
    }

    private StreamResult unpaced(int stream, Load.Unpaced load, Set<Doubt> doubts) {
        long sent = Math.round(senderLimit * load.duration().toNanos() / SECOND);
        return result(stream, sent, sent, sent, load.duration().toNanos(), 0, OptionalLong.empty(), doubts);
    }

    private StreamResult paced(int stream, Set<Doubt> doubts, Load.Paced... loads) {
        double[] rates = new double[loads.length];
        long[] frames = new long[loads.length];
        for (int i = 0; i < loads.length; i++) {
            rates[i] = loads[i].framesPerSecond();
            frames[i] = loads[i].frames();
        }
        return simulate(stream, doubts, rates, frames);
    }

    private StreamResult simulate(int stream, Set<Doubt> given, double[] rates, long[] frames) {
        Set<Doubt> doubts = EnumSet.noneOf(Doubt.class);
        doubts.addAll(given);
        double queue = 0;
        double now = 0;
        double lastArrival = -1;
        double silence = 0;
        long number = 0;
        long lastLost = -1;
        long received = 0;
        long intended = 0;
        double overloadEnd = Double.POSITIVE_INFINITY;
        for (int step = 0; step < rates.length; step++) {
            double rate = rates[step];
            if (rate > lateAbove) {
                doubts.add(Doubt.PACING_LATE);
            }
            intended += frames[step];
            long sent = frames[step];
            if (rate > senderLimit) {
                doubts.add(Doubt.SENDER_TOO_SLOW);
                sent = Math.round(sent * senderLimit / rate);
                rate = senderLimit;
            }
            overloadEnd = step == 1 ? now : overloadEnd;
            for (long i = 0; i < sent; i++) {
                boolean deaf =
                        (now >= silentFrom && now < silentUntil) || (now >= overloadEnd && now < overloadEnd + stunned);
                if (deaf || queue + 1 > buffer + 1e-6) {
                    lastLost = number;
                } else {
                    queue++;
                    double arrival = now + queue / capacity + latency / SECOND;
                    latencies.recordValue(Math.max(1, Math.round((arrival - now) * SECOND)));
                    silence = lastArrival < 0 ? silence : Math.max(silence, arrival - lastArrival);
                    lastArrival = arrival;
                    received++;
                }
                number++;
                now += 1 / rate;
                queue = Math.max(0, queue - capacity / rate);
            }
        }
        return result(
                stream,
                intended,
                number,
                received,
                Math.round(now * SECOND),
                Math.round(silence * SECOND),
                lastLost < 0 ? OptionalLong.empty() : OptionalLong.of(lastLost),
                doubts);
    }

    private static StreamResult result(
            int stream,
            long intended,
            long sent,
            long received,
            long time,
            long silence,
            OptionalLong lastLost,
            Set<Doubt> doubts) {
        return new StreamResult(
                "tx" + stream + " > rx" + stream,
                intended,
                sent,
                received,
                0,
                0,
                0,
                doubts.contains(Doubt.RECEIVER_DROPPED) ? 1 : 0,
                time,
                0,
                0,
                0,
                silence,
                lastLost,
                Lateness.NONE,
                Optional.<Latency>empty(),
                doubts);
    }
}
