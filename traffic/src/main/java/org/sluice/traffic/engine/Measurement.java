package org.sluice.traffic.engine;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.TrialResult;

/** Trials with frames of one size or mix on an open path. For one thread. */
public final class Measurement implements AutoCloseable {
    private final TestPath path;
    private final FrameMix mix;
    private final Ports ports;
    private final Loops loops;
    private final WallClock wallClock = new WallClock();

    private Measurement(TestPath path, FrameMix mix, Ports ports) {
        this.path = path;
        this.mix = mix;
        this.ports = ports;
        this.loops = new Loops(path.streams(), ports, mix);
    }

    static Measurement open(TestPath path, FrameMix mix) throws InterruptedException {
        Ports ports = new Ports(path, requireNonNull(mix, "mix is null"));
        try {
            Measurement measurement = new Measurement(path, mix, ports);
            ports.awaitReady();
            return measurement;
        } catch (RuntimeException | Error | InterruptedException failure) {
            ports.close();
            throw failure;
        }
    }

    /** The size or mix. */
    public FrameMix mix() {
        return mix;
    }

    /** What the path's mode became on each port, one sentence each; empty when it is the same everywhere. */
    public List<String> notes() {
        return ports.notes();
    }

    /**
     * Runs one trial: learning frames, the load on all streams at once, the wait for late frames.
     *
     * @throws InterruptedException when the calling thread was interrupted; the senders have stopped by then
     */
    public TrialResult run(Load load) throws InterruptedException {
        Trial trial = begin(load);
        try {
            trial.awaitSent();
            trial.awaitLateFrames();
        } finally {
            trial.stop();
        }
        return trial.result();
    }

    /**
     * The same, but an interruption ends the load early, and what was sent until then counts as all that was to be sent. The thread's
     * interrupt status tells afterwards whether there was one.
     */
    public TrialResult runUntilInterrupted(Load load) {
        Trial trial = begin(load);
        try {
            trial.awaitSent();
            trial.awaitLateFrames();
        } catch (InterruptedException _) {
            trial.cutShort();
            awaitStragglers(trial);
            Thread.currentThread().interrupt();
        } finally {
            trial.stop();
        }
        return trial.result();
    }

    /** Of a trial that was cut short: one more interruption ends this wait too, and the last frames count as lost. */
    private static void awaitStragglers(Trial trial) {
        try {
            trial.awaitLateFrames();
        } catch (InterruptedException _) {
            // What has arrived is told all the same, and the caller hears of the interruption.
        }
    }

    private Trial begin(Load load) {
        requireNonNull(load, "load is null");
        ports.teach();
        return new Trial(path, loops, wallClock, load);
    }

    /** The latencies of the last trial, all streams together. */
    public Histogram latencies() {
        Histogram all = Latencies.empty();
        for (int stream = 0; stream < path.streams().size(); stream++) {
            all.add(loops.arrivals(stream).latency);
        }
        return all;
    }

    @Override
    public void close() {
        ports.close();
    }
}
