package org.sluice.controller.background;

import java.time.Duration;
import java.util.Optional;
import org.sluice.controller.store.OneByOne;

/**
 * Looks again and again for one kind of wrong state, and mends it. {@link Reconcilers} runs it, on one thread at a time; what it
 * keeps between two runs is its own. Several controllers have one each on the same database.
 */
public interface Reconciler {
    /** What the log and the metrics call it: {@code expired-join-tokens}. */
    String name();

    /** How long there is nothing to do when nothing is announced; the runner waits for up to a quarter more, or less. */
    Duration pause();

    /** What it waits for between two looks, besides the pause: a topic of the change feed. */
    default String topic() {
        return "reconciler:" + name();
    }

    /** Looks once, at no more than a bounded part of any table. What throws is done again at the next look. */
    Look mend();

    /**
     * What a look came to.
     *
     * @param mended how much was wrong and is right now
     * @param more whether the next look should follow at once, because this one came to the end of its bound
     * @param failure of what could not be mended beside that; empty when nothing failed
     */
    record Look(int mended, boolean more, Optional<RuntimeException> failure) {
        /** A look at which nothing failed. */
        Look(int mended, boolean more) {
            this(mended, more, Optional.empty());
        }

        /** Nothing was wrong, or another controller is at it. */
        static final Look NOTHING = new Look(0, false);

        /** A look that mends at most so much. */
        static Look of(OneByOne.Done done, int most) {
            return new Look(done.count(), done.count() >= most, done.failure());
        }

        /** A look that mends at most so much, all of it at once. */
        static Look of(int mended, int most) {
            return new Look(mended, mended >= most);
        }
    }
}
