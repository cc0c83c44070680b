package org.sluice.traffic.engine;

import java.util.concurrent.Callable;
import org.sluice.linux.thread.KernelClock;

/**
 * Receives on one interface during one trial, until it is told to stop and nothing more is there. Allocates nothing. For one thread,
 * one trial after another; {@link #arrived} is for any.
 */
final class ReceiveLoop implements Callable<ReceiveLoop> {
    /** As many frames as the largest ring holds: what arrived before the end of a trial is read after it. */
    private static final int MOST_AT_ONCE = 65_536;

    private final FrameReceiver receiver;
    private final PortTally tally;
    private final KernelClock cpuClock = KernelClock.cpuTimeOfThread();
    private long cpuTime;
    private long dropsBefore;
    private long drops;
    private volatile long arrived;
    private volatile boolean stopped;

    ReceiveLoop(FrameReceiver receiver, PortTally tally) {
        this.receiver = receiver;
        this.tally = tally;
    }

    /** Forgets the last trial; frames with another epoch are foreign from now on. */
    void prepare(int trial, long wallClockLead) {
        tally.prepare(trial);
        receiver.setWallClockLead(wallClockLead);
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
            // Bounded: on a path that loops, frames may come faster than they are read for ever.
            receiver.drain(tally, MOST_AT_ONCE);
            arrived = tally.received();
            if (!last) {
                receiver.rest();
            }
        }
        cpuTime = cpuClock.read() - cpuBefore;
        drops = receiver.drops() - dropsBefore;
        return this;
    }

    /** Frames of this trial that arrived whole so far, each counted once. */
    long arrived() {
        return arrived;
    }

    /** What arrived of a stream that ends here. */
    StreamTally stream(int stream) {
        return tally.stream(stream);
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
