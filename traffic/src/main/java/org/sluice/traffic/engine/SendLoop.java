package org.sluice.traffic.engine;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.sluice.linux.thread.KernelClock;
import org.sluice.linux.thread.Scheduling;
import org.sluice.linux.thread.WaitingTime;
import org.sluice.traffic.frame.Signature;

/**
 * Sends one stream of one trial: waits for each frame's time, stamps it, and hands it over with whatever else is due by then. The
 * loop allocates nothing and makes one system call a batch. For one thread, one trial after another.
 */
final class SendLoop implements Callable<SendLoop> {
    /** Frames a system call at most: enough to make the call cheap, few enough to keep lateness small. */
    private static final int LARGEST_BATCH = 64;

    /** Below this the loop spins; sleeping is not exact enough. */
    private static final long SHORTEST_SLEEP = 300_000;

    /** How much earlier than its time a sleep ends. */
    private static final long WAKE_EARLIER = 150_000;

    private static final Schedule NOTHING = new Schedule(0, 1, 0, 1, 0);

    private final FrameSender sender;
    private final int signatureOffset;
    private final int stream;
    private final Histogram lateness = Latencies.empty();
    private final KernelClock cpuClock = KernelClock.cpuTimeOfThread();
    private int slot;
    private Schedule schedule = NOTHING;
    private int epoch;
    private long start;
    private volatile boolean stopped;
    private long sent;
    private long lastSentAt;
    private long cpuTime;
    private WaitingTime waiting = new WaitingTime(0, 0);

    /** @param sender holds the frames already; only their signatures are written */
    SendLoop(FrameSender sender, int signatureOffset, int stream) {
        this.sender = sender;
        this.signatureOffset = signatureOffset;
        this.stream = stream;
    }

    /** Says what the next call sends, and when it begins ({@link System#nanoTime}). */
    void prepare(Schedule what, int trial, long when) {
        schedule = what;
        epoch = trial;
        start = when;
        stopped = false;
    }

    /** Ends the trial under way after the current batch. From any thread. */
    void stop() {
        stopped = true;
    }

    @Override
    public SendLoop call() {
        lateness.reset();
        int thread = Scheduling.currentThread();
        WaitingTime before = WaitingTime.of(thread);
        long cpuBefore = cpuClock.read();
        awaitStart();
        if (schedule.isPaced()) {
            sendPaced();
        } else {
            sendUnpaced();
        }
        sent -= sender.flush();
        cpuTime = cpuClock.read() - cpuBefore;
        waiting = WaitingTime.of(thread).since(before);
        return this;
    }

    private void awaitStart() {
        long left = start - System.nanoTime();
        while (left > 0) {
            if (left > SHORTEST_SLEEP) {
                LockSupport.parkNanos(left - WAKE_EARLIER);
            } else {
                Thread.onSpinWait();
            }
            left = start - System.nanoTime();
        }
    }

    private void sendPaced() {
        long frames = schedule.frames();
        long end = start + schedule.limit();
        long next = 0;
        long due = start;
        long now = System.nanoTime();
        while (next < frames && !stopped) {
            while (now < due) {
                if (due - now > SHORTEST_SLEEP) {
                    LockSupport.parkNanos(due - now - WAKE_EARLIER);
                } else {
                    Thread.onSpinWait();
                }
                now = System.nanoTime();
            }
            if (now >= end) {
                break;
            }
            int batch = 1;
            while (batch < LARGEST_BATCH && next + batch < frames && start + schedule.due(next + batch) <= now) {
                batch++;
            }
            batch = write(next, batch, now);
            int taken = batch == 0 ? 0 : sender.send(slot, batch);
            if (taken > 0) {
                // The first of the batch was latest; the others count as it, so that no lateness is told too small.
                lateness.recordValueWithCount(Math.max(1, now - due), taken);
                advance(taken);
                next += taken;
                due = start + schedule.due(next);
                lastSentAt = now;
            }
            now = System.nanoTime();
        }
        sent = next;
    }

    private void sendUnpaced() {
        long end = start + schedule.limit();
        long next = 0;
        long now = System.nanoTime();
        while (now < end && !stopped) {
            int batch = write(next, LARGEST_BATCH, now);
            int taken = batch == 0 ? 0 : sender.send(slot, batch);
            if (taken > 0) {
                advance(taken);
                next += taken;
                lastSentAt = now;
            }
            now = System.nanoTime();
        }
        sent = next;
    }

    /** Signs the frames of a batch; only the first is stamped, because only it leaves at the time that is known. */
    private int write(long sequence, int wanted, long now) {
        int batch = sender.writable(slot, Math.min(wanted, sender.slots() - slot));
        MemorySegment frames = sender.frames();
        int slotSize = sender.slotSize();
        long at = (long) slot * slotSize + signatureOffset;
        long stamp = now;
        for (int i = 0; i < batch; i++) {
            Signature.write(frames, at, epoch, stream, sequence + i, stamp);
            stamp = 0;
            at += slotSize;
        }
        return batch;
    }

    private void advance(int taken) {
        slot += taken;
        if (slot == sender.slots()) {
            slot = 0;
        }
    }

    /** Frames the kernel took. */
    long sent() {
        return sent;
    }

    /** From the planned start to the last frame, in nanoseconds. */
    long sendingTime() {
        return sent == 0 ? 0 : lastSentAt - start;
    }

    /** CPU time of the thread, in nanoseconds. */
    long cpuTime() {
        return cpuTime;
    }

    /** How long the thread waited for its CPU. */
    WaitingTime waiting() {
        return waiting;
    }

    /** How late frames were. */
    Histogram lateness() {
        return lateness;
    }
}
