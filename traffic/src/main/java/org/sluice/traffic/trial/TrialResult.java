package org.sluice.traffic.trial;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * What one trial found.
 *
 * @param load what was to be sent, each stream
 * @param started when
 * @param streams one in each direction and for each pair of interfaces, at least one
 */
public record TrialResult(Load load, Instant started, List<StreamResult> streams) {
    /** Checks that there is a stream. */
    public TrialResult {
        requireNonNull(load, "load is null");
        requireNonNull(started, "started is null");
        streams = List.copyOf(streams);
        if (streams.isEmpty()) {
            throw new IllegalArgumentException("A trial has at least one stream.");
        }
    }

    /** Frames the kernel took, all streams. */
    public long sent() {
        return sum(StreamResult::sent);
    }

    /** Frames that arrived whole, all streams. */
    public long received() {
        return sum(StreamResult::received);
    }

    /** Frames that did not arrive whole, all streams. */
    public long lost() {
        return sum(StreamResult::lost);
    }

    /** Share of the sent frames that did not arrive whole, 0 to 1. */
    public double lossRatio() {
        long sent = sent();
        return sent == 0 ? 0 : (double) lost() / sent;
    }

    /** Why not to trust it, over all streams; empty for a sound trial. */
    public Set<Doubt> doubts() {
        EnumSet<Doubt> all = EnumSet.noneOf(Doubt.class);
        streams.forEach(stream -> all.addAll(stream.doubts()));
        return Set.copyOf(all);
    }

    private long sum(ToLongFunction<StreamResult> part) {
        return streams.stream().mapToLong(part).sum();
    }
}
