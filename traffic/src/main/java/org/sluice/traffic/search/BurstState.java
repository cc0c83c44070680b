package org.sluice.traffic.search;

import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How far a back-to-back search is.
 *
 * @param repetition the repetition that runs, 1 to {@code repetitions}
 * @param repetitions how many there are
 * @param held the longest burst of this repetition that lost nothing, 0 before there is one
 * @param next the length of the burst that is sent now, 0 when the search is over
 * @param outcome the last burst, null before the first
 */
public record BurstState(
        int repetition,
        int repetitions,
        long held,
        long next,
        @Nullable BurstOutcome outcome) {
    /** Checks the ranges. */
    public BurstState {
        if (repetition < 1 || repetition > repetitions) {
            throw new IllegalArgumentException("There is no repetition " + repetition + " of " + repetitions + ".");
        }
        if (held < 0 || next < 0) {
            throw new IllegalArgumentException("A burst has at least 1 frame, and 0 stands for none.");
        }
    }

    /** The last burst; empty before the first. */
    public Optional<BurstOutcome> last() {
        return Optional.ofNullable(outcome);
    }

    /** The length of the burst that is sent now; empty when the search is over. */
    public OptionalLong upcoming() {
        return next == 0 ? OptionalLong.empty() : OptionalLong.of(next);
    }

    /** Hears how a back-to-back search gets on. */
    @FunctionalInterface
    public interface Listener {
        /** Does not listen. */
        Listener NONE = _ -> {};

        /** Called before each burst, and once after the last one, in the search's thread, which waits for it. */
        void onBurst(BurstState state);
    }
}
