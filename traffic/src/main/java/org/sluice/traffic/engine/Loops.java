package org.sluice.traffic.engine;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sluice.traffic.frame.FrameLayout;
import org.sluice.traffic.frame.FrameMix;

/** The loops of a measurement: one that sends for each stream, one that receives for each port where a stream ends. For one thread. */
final class Loops {
    private final List<Stream> streams;
    private final List<SendLoop> senders = new ArrayList<>();
    private final Map<PortName, ReceiveLoop> receivers = new LinkedHashMap<>();

    Loops(List<Stream> streams, Ports ports, FrameMix mix) {
        this.streams = streams;
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

    /** By the number of their stream. */
    List<SendLoop> senders() {
        return senders;
    }

    Map<PortName, ReceiveLoop> receivers() {
        return receivers;
    }

    /** The one at which the stream ends. */
    ReceiveLoop receiver(int stream) {
        return requireNonNull(receivers.get(streams.get(stream).receive()), "no receiver");
    }

    /** What arrived of the stream. */
    StreamTally arrivals(int stream) {
        return receiver(stream).stream(stream);
    }

    /** Frames that all senders have sent so far. */
    long sent() {
        return senders.stream().mapToLong(SendLoop::sent).sum();
    }

    /** Frames of this trial that have arrived whole so far, each counted once. */
    long arrived() {
        return receivers.values().stream().mapToLong(ReceiveLoop::arrived).sum();
    }

    void stopSending() {
        senders.forEach(SendLoop::stop);
    }

    void stopReceiving() {
        receivers.values().forEach(ReceiveLoop::stop);
    }
}
