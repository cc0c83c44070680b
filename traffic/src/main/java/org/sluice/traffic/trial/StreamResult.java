package org.sluice.traffic.trial;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What became of the frames of one stream, from one sending to one receiving interface.
 *
 * @param stream {@code TX > RX}
 * @param intended frames the load asked for; for an unpaced load those sent
 * @param sent frames the kernel took
 * @param received frames that arrived whole, each counted once
 * @param reordered those of the received that came after a frame with a higher sequence number (RFC 4737)
 * @param duplicated further copies of received frames
 * @param corrupted frames of the stream that arrived with a changed byte
 * @param receiverDrops frames the tester's own receiver lost for want of room
 * @param sendingNanoseconds from the first frame to the last
 * @param senderCpuNanoseconds CPU time of the sending thread
 * @param receiverCpuNanoseconds CPU time of the receiving thread
 * @param senderWaitingNanoseconds how long the sending thread was ready to run while something else had its CPU
 * @param longestSilenceNanoseconds the longest time between two arrivals
 * @param lastLost sequence number, from 0, of the last frame that did not arrive; absent when all did
 * @param lateness how late the sender was
 * @param latency of the stamped frames that arrived; absent when there were none or was not asked for
 * @param doubts why not to trust it; empty for a sound trial
 */
public record StreamResult(
        String stream,
        long intended,
        long sent,
        long received,
        long reordered,
        long duplicated,
        long corrupted,
        long receiverDrops,
        long sendingNanoseconds,
        long senderCpuNanoseconds,
        long receiverCpuNanoseconds,
        long senderWaitingNanoseconds,
        long longestSilenceNanoseconds,
        OptionalLong lastLost,
        Lateness lateness,
        Optional<Latency> latency,
        Set<Doubt> doubts) {
    /** Checks for null and copies the set. */
    public StreamResult {
        requireNonNull(stream, "stream is null");
        requireNonNull(lastLost, "lastLost is null");
        requireNonNull(lateness, "lateness is null");
        requireNonNull(latency, "latency is null");
        doubts = Set.copyOf(doubts);
    }

    /** Frames that did not arrive whole, 0 or more. A corrupted frame is lost too. */
    public long lost() {
        return Math.max(0, sent - received);
    }

    /** The rate at which the sender sent, in frames a second; 0 when it sent fewer than two. */
    public double sentPerSecond() {
        return sendingNanoseconds == 0 ? 0 : sent * 1e9 / sendingNanoseconds;
    }
}
