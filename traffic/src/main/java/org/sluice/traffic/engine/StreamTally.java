package org.sluice.traffic.engine;

import org.HdrHistogram.Histogram;

/** What arrived of one stream in one trial. Written by the receiving thread, read after it. */
final class StreamTally {
    /** Protocol and VLAN id of a tag: devices may set its priority and drop eligible bit. */
    private static final int VLAN = 0xFFFF_0FFF;

    /** No VLAN is like this. */
    private static final int NOT_KNOWN = -1;

    final SequenceTracker sequence = new SequenceTracker();
    final Histogram latency = Latencies.empty();
    /** Frames with a changed byte. */
    long corrupted;

    private int vlan = NOT_KNOWN;
    private long lastArrival;
    private long longestSilence;

    void clear() {
        sequence.clear();
        latency.reset();
        corrupted = 0;
        vlan = NOT_KNOWN;
        lastArrival = 0;
        longestSilence = 0;
    }

    /**
     * Counts a frame that is whole, or corrupted because it comes in another VLAN than the first.
     *
     * @param strippedTag the VLAN tag that was taken out of the frame, 0 for none
     * @param stamp of the sender, 0 for none
     * @param arrival by the clock of the stamps
     */
    void arrived(long number, int strippedTag, long stamp, long arrival) {
        if ((strippedTag & VLAN) != vlan) {
            if (vlan != NOT_KNOWN) {
                corrupted++;
                return;
            }
            vlan = strippedTag & VLAN;
        }
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
