package org.sluice.traffic.check;

import java.util.SplittableRandom;

/** Which frames of a stream get a fault, by their number from 0 in the order of arrival. */
sealed interface Choice {
    /** No frame. */
    record None() implements Choice {}

    /** The last of each so many. */
    record Every(int frames) implements Choice {
        public Every {
            if (frames < 1) {
                throw new IllegalArgumentException("Every " + frames + "th frame is none: use 1 or more.");
            }
        }
    }

    /** A share of them, the same ones for the same seed. */
    record Share(double probability, long seed) implements Choice {
        public Share {
            if (!(probability >= 0 && probability <= 1)) {
                throw new IllegalArgumentException("A share of " + probability + " is out of range: use 0 to 1.");
            }
        }
    }

    /** Whether the frame is one of them. */
    default boolean includes(long number) {
        return switch (this) {
            case None() -> false;
            case Every(int frames) -> number % frames == frames - 1;
            // A generator of its own for each number: the answer does not depend on which were asked for before.
            case Share(double probability, long seed) ->
                new SplittableRandom(seed * 1_000_003 + number).nextDouble() < probability;
        };
    }
}
