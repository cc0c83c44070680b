package org.sluice.traffic.engine;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.sluice.linux.thread.WaitingTime;
import org.sluice.traffic.frame.FrameLayout;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.trial.Doubt;
import org.sluice.traffic.trial.Lateness;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.StreamResult;
import org.sluice.traffic.trial.TrialResult;

/** Trials with frames of one size or mix on an open path. For one thread. */
public final class Measurement implements AutoCloseable {
    /** Between the preparation of a trial and its first frame: threads wake up in that time. */
    private static final Duration LEAD_IN = Duration.ofMillis(3);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(1);

    /** When every frame has arrived there can still be copies; this long is waited for them. */
    private static final Duration FOR_COPIES = Duration.ofMillis(5);

    /** The wall clock was set when its lead changes by more than reading it can be wrong. */
    private static final long CLOCK_STEP = 100_000;

    private final TestPath path;
    private final FrameMix mix;
    private final WallClock wallClock = new WallClock();
    private final List<SendLoop> senders = new ArrayList<>();
    private final Map<PortName, ReceiveLoop> receivers = new LinkedHashMap<>();
    private final Ports ports;

    private Measurement(TestPath path, FrameMix mix, Ports ports) {
        this.path = path;
        this.mix = mix;
        this.ports = ports;
    }

    static Measurement open(TestPath path, FrameMix mix) throws InterruptedException {
        Ports ports = new Ports(path, requireNonNull(mix, "mix is null"));
        Measurement measurement = new Measurement(path, mix, ports);
        try {
            measurement.makeLoops();
            ports.awaitReady();
            return measurement;
        } catch (RuntimeException | Error | InterruptedException failure) {
            ports.close();
            throw failure;
        }
    }

    private void makeLoops() {
        List<Stream> streams = path.streams();
        for (int number = 0; number < streams.size(); number++) {
            Stream stream = streams.get(number);
            PortName end = stream.receive();
            if (!receivers.containsKey(end)) {
                receivers.put(end, ports.receive(end));
            }
            FrameLayout layout = FrameLayout.of(stream.frames(), mix, Ports.SLOTS);
            FrameSender sender = ports.transmit(stream.transmit(), layout);
            senders.add(new SendLoop(sender, layout.signatureOffset(), number));
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
        Trial trial = new Trial(requireNonNull(load, "load is null"));
        try {
            trial.awaitSent();
            awaitLateFrames();
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
        Trial trial = new Trial(requireNonNull(load, "load is null"));
        try {
            trial.awaitSent();
            awaitLateFrames();
        } catch (InterruptedException _) {
            trial.stopSending();
            awaitStragglers();
            Thread.currentThread().interrupt();
        } finally {
            trial.stop();
        }
        return trial.result();
    }

    /** After the senders were stopped: one more interruption ends this wait too, and the last frames count as lost. */
    private void awaitStragglers() {
        try {
            awaitLateFrames();
        } catch (InterruptedException _) {
            // What has arrived is told all the same, and the caller hears of the interruption.
        }
    }

    /** One under way. */
    private final class Trial {
        private final Load load;
        private final Instant started;
        private final long lead;
        private final List<Future<ReceiveLoop>> receiving = new ArrayList<>();
        private final List<Future<SendLoop>> sending = new ArrayList<>();
        private boolean cutShort;

        Trial(Load load) {
            this.load = load;
            ports.teach();
            Schedule schedule = Schedule.of(load);
            int epoch = path.nextEpoch();
            lead = wallClock.lead();
            started = Instant.now();
            for (var receiver : receivers.entrySet()) {
                receiver.getValue().prepare(epoch, lead);
                receiving.add(path.receiver(receiver.getKey()).submit(receiver.getValue()));
            }
            long start = System.nanoTime() + LEAD_IN.toNanos();
            for (int stream = 0; stream < senders.size(); stream++) {
                senders.get(stream).prepare(schedule, epoch, start);
                sending.add(path.sender(stream).submit(senders.get(stream)));
            }
        }

        void awaitSent() throws InterruptedException {
            for (Future<SendLoop> sender : sending) {
                SendLoop _ = Futures.get(sender);
            }
        }

        void stopSending() {
            cutShort = true;
            senders.forEach(SendLoop::stop);
            awaitAll(sending);
        }

        void stop() {
            senders.forEach(SendLoop::stop);
            receivers.values().forEach(ReceiveLoop::stop);
            awaitAll(sending);
            awaitAll(receiving);
        }

        /** Of one that was stopped. */
        TrialResult result() {
            for (Future<ReceiveLoop> receiver : receiving) {
                ReceiveLoop _ = Futures.ended(receiver);
            }
            boolean clockStepped = Math.abs(wallClock.lead() - lead) > CLOCK_STEP;
            return new TrialResult(load, started, results(load, cutShort, clockStepped));
        }
    }

    /** The latencies of the last trial, all streams together. */
    public Histogram latencies() {
        Histogram all = Latencies.empty();
        for (int stream = 0; stream < senders.size(); stream++) {
            PortName end = path.streams().get(stream).receive();
            all.add(requireNonNull(receivers.get(end), "no receiver").stream(stream).latency);
        }
        return all;
    }

    private void awaitLateFrames() throws InterruptedException {
        long end = System.nanoTime() + path.settle().toNanos();
        long sent = senders.stream().mapToLong(SendLoop::sent).sum();
        while (System.nanoTime() < end) {
            if (receivers.values().stream().mapToLong(ReceiveLoop::arrived).sum() >= sent) {
                end = Math.min(end, System.nanoTime() + FOR_COPIES.toNanos());
                sent = Long.MAX_VALUE;
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            if (Thread.interrupted()) {
                throw new InterruptedException("The trial was interrupted while it waited for late frames.");
            }
        }
    }

    /** Waits whatever happens: the loops use memory that is given back afterwards. */
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

    private List<StreamResult> results(Load load, boolean cutShort, boolean clockStepped) {
        List<StreamResult> results = new ArrayList<>();
        for (int number = 0; number < senders.size(); number++) {
            Stream stream = path.streams().get(number);
            ReceiveLoop receiver = requireNonNull(receivers.get(stream.receive()), "no receiver");
            boolean first =
                    path.streams().stream().map(Stream::receive).toList().indexOf(stream.receive()) == number;
            long intended = cutShort ? senders.get(number).sent() : intended(load, senders.get(number));
            results.add(result(intended, clockStepped, number, stream, receiver, first));
        }
        return results;
    }

    private static long intended(Load load, SendLoop sender) {
        return switch (load) {
            case Load.Paced paced -> paced.frames();
            case Load.Burst burst -> burst.frames();
            case Load.Stepped(Load.Paced one, Load.Paced two) -> one.frames() + two.frames();
            case Load.Unpaced _ -> sender.sent();
        };
    }

    /** @param first whether it is the first stream of its receiver, which what belongs to no single stream is told of */
    private StreamResult result(
            long intended, boolean clockStepped, int number, Stream stream, ReceiveLoop receiver, boolean first) {
        SendLoop sender = senders.get(number);
        StreamTally arrivals = receiver.stream(number);
        SequenceTracker sequence = arrivals.sequence;
        Lateness lateness = lateness(sender.lateness());
        Set<Doubt> doubts = EnumSet.noneOf(Doubt.class);
        if (sender.sent() < intended) {
            doubts.add(Doubt.SENDER_TOO_SLOW);
        }
        if (lateness.p999() > path.bounds().p999().toNanos()
                || lateness.max() > path.bounds().max().toNanos()) {
            doubts.add(Doubt.PACING_LATE);
        }
        if (receiver.drops() > 0) {
            doubts.add(Doubt.RECEIVER_DROPPED);
        }
        if (clockStepped) {
            doubts.add(Doubt.CLOCK_STEPPED);
        }
        WaitingTime waiting = sender.waiting();
        return new StreamResult(
                stream.toString(),
                intended,
                sender.sent(),
                sequence.received(),
                sequence.reordered(),
                sequence.duplicated(),
                arrivals.corrupted,
                first ? receiver.drops() : 0,
                sender.sendingTime(),
                sender.cpuTime(),
                receiver.cpuTime(),
                waiting.waiting(),
                arrivals.longestSilence(),
                sequence.lastMissing(sender.sent()),
                lateness,
                Latencies.summary(arrivals.latency),
                doubts);
    }

    static Lateness lateness(Histogram histogram) {
        return histogram.getTotalCount() == 0
                ? Lateness.NONE
                : new Lateness(
                        histogram.getValueAtPercentile(50),
                        histogram.getValueAtPercentile(99),
                        histogram.getValueAtPercentile(99.9),
                        histogram.getMaxValue());
    }

    @Override
    public void close() {
        ports.close();
    }
}
