package org.sluice.traffic.check;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What happened to frames between two captures, by comparing all their bytes: no sequence number, checksum or stamp of the tester
 * is looked at.
 *
 * @param counts of frames
 * @param delays of the received, in nanoseconds, ascending
 */
record Observed(Counts counts, List<Long> delays) {
    /**
     * Counts of frames.
     *
     * @param sent in the first capture
     * @param received those of them in the second, each counted once
     * @param reordered those of the received that came after one which had been sent later (RFC 4737, section 3)
     * @param duplicated further copies of the received
     * @param corrupted in the second capture and not in the first
     */
    record Counts(long sent, long received, long reordered, long duplicated, long corrupted) {}

    Observed {
        delays = List.copyOf(delays);
    }

    /**
     * Compares two captures.
     *
     * @param before of frames that all differ
     */
    static Observed between(List<TcpdumpCapture.Frame> before, List<TcpdumpCapture.Frame> after) {
        Map<ByteBuffer, Integer> places = new HashMap<>();
        for (int place = 0; place < before.size(); place++) {
            @Nullable Integer same = places.put(before.get(place).bytes(), place);
            if (same != null) {
                throw new AssertionError("Frames " + same + " and " + place + " that were sent do not differ.");
            }
        }
        Set<Integer> received = new HashSet<>();
        List<Long> delays = new ArrayList<>();
        long reordered = 0;
        long corrupted = 0;
        int next = 0;
        for (TcpdumpCapture.Frame frame : after) {
            @Nullable Integer place = places.get(frame.bytes());
            if (place == null) {
                corrupted++;
            } else if (received.add(place)) {
                delays.add(frame.at() - before.get(place).at());
                reordered += place < next ? 1 : 0;
                next = Math.max(next, place + 1);
            }
        }
        Collections.sort(delays);
        return new Observed(
                new Counts(
                        before.size(),
                        received.size(),
                        reordered,
                        after.size() - corrupted - received.size(),
                        corrupted),
                delays);
    }

    /** The median of the delays, in nanoseconds; 0 when nothing was received. */
    long medianDelay() {
        return delays.isEmpty() ? 0 : delays.get((delays.size() - 1) / 2);
    }
}
