package org.sluice.traffic.engine;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import org.sluice.linux.thread.KernelClock;
import org.sluice.traffic.frame.FrameReader;
import org.sluice.traffic.frame.PortReader;

/**
 * Receives on one interface during one trial: tells frames of this trial from others, counts them by stream, and takes the time of
 * the stamped ones. Allocates nothing. For one thread, one trial after another; {@link #arrived} is for any.
 */
final class ReceiveLoop implements Callable<ReceiveLoop> {
    static final int MOST_STREAMS = 256;

    /** As many frames as the largest ring holds: what arrived before the end of a trial is read after it. */
    private static final int MOST_AT_ONCE = 65_536;

    /** How long to look away from an empty ring: the ring holds what arrives within a hundred times as long. */
    private static final long NAP = 500_000;

    private final FrameReceiver receiver;
    private final PortReader reader;
    private final @Nullable Neighbour neighbour;
    private final @Nullable Arrivals[] streams = new @Nullable Arrivals[MOST_STREAMS];
    private final KernelClock cpuClock = KernelClock.cpuTimeOfThread();
    private int epoch;
    private long foreign;
    private long cpuTime;
    private long dropsBefore;
    private long drops;
    private volatile long arrived;
    private volatile boolean stopped;

    /** Answers what is not a frame of the test, such as requests for our address. */
    interface Neighbour {
        /** Looks at a frame that is none of the test's. */
        void heard(MemorySegment memory, long at, int length);
    }

    /** What arrived of one stream. */
    static final class Arrivals {
        final SequenceTracker sequence = new SequenceTracker();
        final Histogram latency = Latencies.empty();
        long lastArrival;
        long longestSilence;
        /** Frames with a changed byte. */
        long corrupted;

        void clear() {
            sequence.clear();
            latency.reset();
            lastArrival = 0;
            longestSilence = 0;
            corrupted = 0;
        }
    }

    /** @param reader of the streams that end here */
    ReceiveLoop(FrameReceiver receiver, PortReader reader, @Nullable Neighbour neighbour) {
        this.receiver = receiver;
        this.reader = reader;
        this.neighbour = neighbour;
        for (int stream : reader.streams()) {
            streams[stream] = new Arrivals();
        }
    }

    /** Forgets the last trial; frames with another epoch are foreign from now on. */
    void prepare(int trial, long wallClockLead) {
        epoch = trial;
        receiver.setWallClockLead(wallClockLead);
        for (Arrivals stream : streams) {
            if (stream != null) {
                stream.clear();
            }
        }
        foreign = 0;
        arrived = 0;
        stopped = false;
        dropsBefore = receiver.drops();
    }

    /** Ends the trial as soon as the ring is empty. From any thread. */
    void stop() {
        stopped = true;
    }

    @Override
    public ReceiveLoop call() {
        long cpuBefore = cpuClock.read();
        boolean last = false;
        while (!last) {
            // Read before the ring: what arrived before the stop is still counted.
            last = stopped;
            drain();
            if (receiver.isStampedByKernel()) {
                LockSupport.parkNanos(NAP);
            } else {
                Thread.onSpinWait();
            }
        }
        cpuTime = cpuClock.read() - cpuBefore;
        drops = receiver.drops() - dropsBefore;
        return this;
    }

    private void drain() {
        long count = arrived;
        // Bounded: on a path that loops, frames may come faster than they are read for ever.
        for (int left = MOST_AT_ONCE; left > 0 && receiver.hasFrame(); left--) {
            MemorySegment memory = receiver.memory();
            long at = receiver.frame();
            int length = receiver.captured();
            switch (reader.classify(memory, at, length)) {
                case FrameReader.WHOLE -> count += take();
                case FrameReader.CORRUPTED -> stream(reader.stream()).corrupted++;
                default -> hear(memory, at, length);
            }
            receiver.release();
        }
        arrived = count;
    }

    /** How many more frames have arrived: 1, or 0 for a copy and what is none of this trial's. */
    private long take() {
        Arrivals stream = streams[reader.stream()];
        if (reader.epoch() != epoch || stream == null) {
            foreign++;
            return 0;
        }
        long before = stream.sequence.received();
        stream.sequence.arrived(reader.sequence());
        long arrival = receiver.arrival();
        if (stream.lastArrival != 0 && arrival - stream.lastArrival > stream.longestSilence) {
            stream.longestSilence = arrival - stream.lastArrival;
        }
        stream.lastArrival = arrival;
        long stamp = reader.stamp();
        if (stamp != 0) {
            stream.latency.recordValue(Latencies.clamp(since(stamp, arrival)));
        }
        return stream.sequence.received() - before;
    }

    /** A stamp keeps the low 48 bits of the clock; a difference of up to 39 hours is whole. */
    private static long since(long stamp, long arrival) {
        return (arrival - stamp) << Short.SIZE >> Short.SIZE;
    }

    private void hear(MemorySegment memory, long at, int length) {
        foreign++;
        if (neighbour != null) {
            neighbour.heard(memory, at, length);
        }
    }

    /** Frames of this trial that arrived whole so far, each counted once: a trial whose frames come twice must not end halfway. */
    long arrived() {
        return arrived;
    }

    /** What arrived of a stream that ends here. */
    Arrivals stream(int stream) {
        Arrivals arrivals = streams[stream];
        if (arrivals == null) {
            throw new IllegalArgumentException("Stream " + stream + " does not end here.");
        }
        return arrivals;
    }

    /** Frames that were none of this trial's. */
    long foreign() {
        return foreign;
    }

    /** CPU time of the thread, in nanoseconds. */
    long cpuTime() {
        return cpuTime;
    }

    /** Frames that the receiver itself lost. */
    long drops() {
        return drops;
    }
}
