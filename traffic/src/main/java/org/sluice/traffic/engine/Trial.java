package org.sluice.traffic.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.TrialResult;

/** One trial, under way from its construction until it is stopped. For one thread. */
final class Trial {
    /** Between the preparation of a trial and its first frame: threads wake up in that time. */
    private static final Duration LEAD_IN = Duration.ofMillis(3);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(1);

    /** When every frame has arrived there can still be copies; this long is waited for them. */
    private static final Duration FOR_COPIES = Duration.ofMillis(5);

    /** The wall clock was set when its lead changes by more than reading it can be wrong. */
    private static final long CLOCK_STEP = 100_000;

    private final TestPath path;
    private final Loops loops;
    private final WallClock wallClock;
    private final Load load;
    private final Instant started;
    private final long lead;
    private final List<Future<ReceiveLoop>> receiving = new ArrayList<>();
    private final List<Future<SendLoop>> sending = new ArrayList<>();
    private boolean cutShort;

    Trial(TestPath path, Loops loops, WallClock wallClock, Load load) {
        this.path = path;
        this.loops = loops;
        this.wallClock = wallClock;
        this.load = load;
        Schedule schedule = Schedule.of(load);
        int epoch = path.nextEpoch();
        lead = wallClock.lead();
        started = Instant.now();
        loops.receivers().forEach((port, receiver) -> {
            receiver.prepare(epoch, lead);
            receiving.add(path.receiver(port).submit(receiver));
        });
        long start = System.nanoTime() + LEAD_IN.toNanos();
        for (int stream = 0; stream < loops.senders().size(); stream++) {
            SendLoop sender = loops.senders().get(stream);
            sender.prepare(schedule, epoch, start);
            sending.add(path.sender(stream).submit(sender));
        }
    }

    void awaitSent() throws InterruptedException {
        for (Future<SendLoop> sender : sending) {
            SendLoop _ = Futures.get(sender);
        }
    }

    void awaitLateFrames() throws InterruptedException {
        long end = System.nanoTime() + path.settle().toNanos();
        long sent = loops.sent();
        while (System.nanoTime() < end) {
            if (loops.arrived() >= sent) {
                end = Math.min(end, System.nanoTime() + FOR_COPIES.toNanos());
                sent = Long.MAX_VALUE;
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            if (Thread.interrupted()) {
                throw new InterruptedException("The trial was interrupted while it waited for late frames.");
            }
        }
    }

    /** Ends the load early: what was sent until then is all that was to be sent. */
    void cutShort() {
        cutShort = true;
        loops.stopSending();
        awaitAll(sending);
    }

    /** Ends sending and receiving, whatever happens: the loops use memory that is given back afterwards. */
    void stop() {
        loops.stopSending();
        loops.stopReceiving();
        awaitAll(sending);
        awaitAll(receiving);
    }

    private static void awaitAll(List<? extends Future<?>> work) {
        boolean interrupted = false;
        for (Future<?> future : work) {
            while (!future.isDone()) {
                interrupted |= Thread.interrupted();
                LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Of a trial that was stopped. */
    TrialResult result() {
        for (Future<ReceiveLoop> receiver : receiving) {
            ReceiveLoop _ = Futures.ended(receiver);
        }
        boolean clockStepped = Math.abs(wallClock.lead() - lead) > CLOCK_STEP;
        return new TrialResult(load, started, new StreamResults(path, loops, cutShort, clockStepped).of(load));
    }
}
