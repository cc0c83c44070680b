package org.sluice.controller.background;

import java.time.Duration;

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
     */
    record Look(int mended, boolean more) {
        /** Nothing was wrong, or another controller is at it. */
        static final Look NOTHING = new Look(0, false);

        /** A look that mends at most so much. */
        static Look of(int mended, int most) {
            return new Look(mended, mended >= most);
        }
    }
}
