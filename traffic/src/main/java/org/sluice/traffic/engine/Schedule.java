package org.sluice.traffic.engine;

import java.time.Duration;
import org.sluice.traffic.trial.Load;

/**
 * When each frame of a load is due, in nanoseconds after the first. Up to two rates, one after the other.
 *
 * @param frames how many frames there are
 * @param interval from one frame to the next, at first
 * @param atFirst how many frames are sent at the first rate
 * @param intervalThen from one frame to the next, after those
 * @param limit when sending ends even if frames are left
 */
record Schedule(long frames, double interval, long atFirst, double intervalThen, long limit) {
    private static final double SECOND = 1e9;

    /** A burst that takes so much longer than it should is not one. */
    private static final long BURST_SLACK = 2_000_000_000L;

    private static final long SHORTEST_GRACE = 5_000_000L;

    static Schedule of(Load load) {
        return switch (load) {
            case Load.Paced paced -> even(paced.frames(), paced.framesPerSecond(), withGrace(paced.duration()));
            case Load.Burst(long frames, double rate) ->
                even(frames, rate, (long) (frames * SECOND / rate) + BURST_SLACK);
            case Load.Unpaced(var duration) -> new Schedule(Long.MAX_VALUE, 0, Long.MAX_VALUE, 0, duration.toNanos());
            case Load.Stepped(Load.Paced first, Load.Paced then) ->
                new Schedule(
                        first.frames() + then.frames(),
                        SECOND / first.framesPerSecond(),
                        first.frames(),
                        SECOND / then.framesPerSecond(),
                        withGrace(first.duration().plus(then.duration())));
        };
    }

    private static Schedule even(long frames, double rate, long limit) {
        return new Schedule(frames, SECOND / rate, Long.MAX_VALUE, SECOND / rate, limit);
    }

    /** A sender that is a little late at the end is late, not too slow. */
    private static long withGrace(Duration duration) {
        return duration.toNanos() + Math.max(SHORTEST_GRACE, duration.toNanos() / 1000);
    }

    /** Whether frames are due one by one, and not as fast as possible. */
    boolean isPaced() {
        return interval > 0;
    }

    /** When the frame is due. */
    long due(long frame) {
        return frame <= atFirst
                ? (long) (frame * interval)
                : (long) (atFirst * interval + (frame - atFirst) * intervalThen);
    }
}
