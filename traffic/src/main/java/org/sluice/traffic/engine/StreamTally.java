package org.sluice.traffic.engine;

import org.HdrHistogram.Histogram;

/** What arrived of one stream in one trial. Written by the receiving thread, read after it. */
final class StreamTally {
    final SequenceTracker sequence = new SequenceTracker();
    final Histogram latency = Latencies.empty();
    /** Frames with a changed byte. */
    long corrupted;

    private long lastArrival;
    private long longestSilence;

    void clear() {
        sequence.clear();
        latency.reset();
        corrupted = 0;
        lastArrival = 0;
        longestSilence = 0;
    }

    /**
     * Counts a whole frame.
     *
     * @param stamp of the sender, 0 for none
     * @param arrival by the clock of the stamps
     */
    void arrived(long number, long stamp, long arrival) {
        sequence.arrived(number);
        long silence = arrival - lastArrival;
        if (silence > longestSilence && lastArrival != 0) {
            longestSilence = silence;
        }
        lastArrival = arrival;
        if (stamp != 0) {
            latency.recordValue(Latencies.clamp(since(stamp, arrival)));
        }
    }

    /** A stamp keeps the low 48 bits of the clock; a difference of up to 39 hours is whole. */
    private static long since(long stamp, long arrival) {
        return (arrival - stamp) << Short.SIZE >> Short.SIZE;
    }

    /** The longest time between two arrivals, in nanoseconds. */
    long longestSilence() {
        return longestSilence;
    }
}
