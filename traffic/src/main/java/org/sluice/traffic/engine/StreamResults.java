package org.sluice.traffic.engine;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.sluice.traffic.trial.Doubt;
import org.sluice.traffic.trial.Lateness;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.StreamResult;

/** Makes results of what the loops counted in a trial, and says what speaks against them. */
final class StreamResults {
    private final TestPath path;
    private final Loops loops;
    private final boolean cutShort;
    private final boolean clockStepped;

    /**
     * Of a trial that has ended.
     *
     * @param cutShort whether what was sent is all that was to be sent
     * @param clockStepped whether somebody set the clock meanwhile
     */
    StreamResults(TestPath path, Loops loops, boolean cutShort, boolean clockStepped) {
        this.path = path;
        this.loops = loops;
        this.cutShort = cutShort;
        this.clockStepped = clockStepped;
    }

    /** One for each stream, by its number. */
    List<StreamResult> of(Load load) {
        return IntStream.range(0, loops.senders().size())
                .mapToObj(stream -> of(load, stream))
                .toList();
    }

    private StreamResult of(Load load, int stream) {
        SendLoop sender = loops.senders().get(stream);
        ReceiveLoop receiver = loops.receiver(stream);
        StreamTally arrivals = loops.arrivals(stream);
        SequenceTracker sequence = arrivals.sequence;
        Lateness lateness = Latencies.lateness(sender.lateness());
        long intended = cutShort ? sender.sent() : intended(load, sender);
        return new StreamResult(
                path.streams().get(stream).toString(),
                intended,
                sender.sent(),
                sequence.received(),
                sequence.reordered(),
                sequence.duplicated(),
                arrivals.corrupted,
                isFirstOfItsReceiver(stream) ? receiver.drops() : 0,
                sender.sendingTime(),
                sender.cpuTime(),
                receiver.cpuTime(),
                sender.waiting().waiting(),
                arrivals.longestSilence(),
                sequence.lastMissing(sender.sent()),
                lateness,
                Latencies.summary(arrivals.latency),
                doubts(intended, sender, receiver, lateness));
    }

    private static long intended(Load load, SendLoop sender) {
        return switch (load) {
            case Load.Paced paced -> paced.frames();
            case Load.Burst burst -> burst.frames();
            case Load.Stepped(Load.Paced one, Load.Paced two) -> one.frames() + two.frames();
            case Load.Unpaced _ -> sender.sent();
        };
    }

    /** What belongs to no single stream is told of the first. */
    private boolean isFirstOfItsReceiver(int stream) {
        List<PortName> ends = path.streams().stream().map(Stream::receive).toList();
        return ends.indexOf(ends.get(stream)) == stream;
    }

    private Set<Doubt> doubts(long intended, SendLoop sender, ReceiveLoop receiver, Lateness lateness) {
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
        return doubts;
    }
}
