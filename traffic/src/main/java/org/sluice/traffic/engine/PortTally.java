package org.sluice.traffic.engine;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.sluice.traffic.frame.FrameReader;
import org.sluice.traffic.frame.FrameWords;
import org.sluice.traffic.frame.PortReader;

/**
 * Takes each frame that a port receives: tells those of this trial from others, and counts them by stream. A final class that
 * receivers call directly, so that all of the work on a frame is compiled into their loops. Allocates nothing. For one thread.
 */
final class PortTally {
    static final int MOST_STREAMS = 256;

    private final PortReader reader;
    private final @Nullable Neighbour neighbour;
    private final @Nullable StreamTally[] streams = new @Nullable StreamTally[MOST_STREAMS];
    private int epoch;
    private long foreign;

    /** Answers what is not a frame of the test, such as requests for our address. */
    interface Neighbour {
        /** Looks at a frame that is none of the test's. */
        void heard(MemorySegment memory, long at, int length);
    }

    /** @param reader of the streams that end at the port */
    PortTally(PortReader reader, @Nullable Neighbour neighbour) {
        this.reader = reader;
        this.neighbour = neighbour;
        for (int stream : reader.streams()) {
            streams[stream] = new StreamTally();
        }
    }

    /** Forgets the last trial; frames with another epoch are foreign from now on. */
    void prepare(int trial) {
        epoch = trial;
        foreign = 0;
        for (StreamTally stream : streams) {
            if (stream != null) {
                stream.clear();
            }
        }
    }

    /**
     * Takes a frame.
     *
     * @param length its bytes from {@code at}, all in the words, and a word behind them
     * @param strippedTag the VLAN tag that was taken out of the frame before it was given to us, 0 for none
     * @param arrival in nanoseconds of {@link System#nanoTime}
     */
    void take(FrameWords frames, int at, int length, int strippedTag, long arrival) {
        int kind = reader.classify(frames, at, length);
        if (kind == FrameReader.WHOLE && reader.epoch() == epoch) {
            StreamTally stream = streams[reader.stream()];
            if (stream != null) {
                stream.arrived(reader.sequence(), strippedTag, reader.stamp(), arrival);
            }
        } else {
            takeOther(kind, frames, at, length);
        }
    }

    private void takeOther(int kind, FrameWords frames, int at, int length) {
        if (kind == FrameReader.CORRUPTED) {
            stream(reader.stream()).corrupted++;
            return;
        }
        foreign++;
        if (kind == FrameReader.FOREIGN && neighbour != null) {
            neighbour.heard(frames.memory(), at, length);
        }
    }

    /** Frames of this trial that arrived whole, each counted once: a trial whose frames come twice must not end halfway. */
    long received() {
        long received = 0;
        for (StreamTally stream : streams) {
            if (stream != null) {
                received += stream.sequence.received();
            }
        }
        return received;
    }

    /** What arrived of a stream that ends here. */
    StreamTally stream(int stream) {
        StreamTally tally = streams[stream];
        if (tally == null) {
            throw new IllegalArgumentException("Stream " + stream + " does not end here.");
        }
        return tally;
    }

    /** Frames that were none of this trial's. */
    long foreign() {
        return foreign;
    }
}
