package org.sluice.traffic.trial;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** How much each stream of a trial sends, and how fast. Rates are frames a second and direction. */
public sealed interface Load {
    /** Evenly paced frames for a time; what every RFC 2544 test but back-to-back offers. */
    record Paced(double framesPerSecond, Duration duration) implements Load {
        /** Checks that both are more than zero. */
        public Paced {
            Load.requireRate(framesPerSecond);
            requirePositive(duration);
        }

        /** How many frames that is, rounded to the nearest. */
        public long frames() {
            return Math.max(1, Math.round(framesPerSecond * duration.toNanos() / 1e9));
        }
    }

    /** So many frames at the given rate, the highest the medium has (RFC 2544, section 26.4). */
    record Burst(long frames, double framesPerSecond) implements Load {
        /** Checks that both are more than zero. */
        public Burst {
            if (frames <= 0) {
                throw new IllegalArgumentException("A burst has at least one frame; " + frames + " is not.");
            }
            Load.requireRate(framesPerSecond);
        }
    }

    /** One load, and right after it, in the same stream, another (RFC 2544, section 26.5). */
    record Stepped(Paced first, Paced then) implements Load {
        /** Checks for null. */
        public Stepped {
            requireNonNull(first, "first is null");
            requireNonNull(then, "then is null");
        }
    }

    /** As fast as the sender can, for a time. Says what the sender can, never what a device can. */
    record Unpaced(Duration duration) implements Load {
        /** Checks that the time is more than zero. */
        public Unpaced {
            requirePositive(duration);
        }
    }

    private static void requireRate(double framesPerSecond) {
        if (!(framesPerSecond > 0) || Double.isInfinite(framesPerSecond)) {
            throw new IllegalArgumentException("A rate is more than zero frames/s; " + framesPerSecond + " is not.");
        }
    }

    private static void requirePositive(Duration duration) {
        if (!requireNonNull(duration, "duration is null").isPositive()) {
            throw new IllegalArgumentException("A trial lasts longer than nothing; " + duration + " does not.");
        }
    }
}
