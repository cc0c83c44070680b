package org.sluice.agent.step;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How long to go on asking for something that may succeed a little later, and how to wait in between. Immutable and
 * thread-safe.
 *
 * @param first the first pause; each further one is twice as long, up to a second
 * @param total sum of the pauses after which to give up
 * @param waiting how to let time pass
 */
public record Patience(Duration first, Duration total, Waiting waiting) {
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    /** Lets time pass; a test passes it without waiting. */
    @FunctionalInterface
    public interface Waiting {
        /** Returns after this long, or throws {@link InterruptedException} when the agent stops. */
        void await(Duration pause) throws InterruptedException;
    }

    /**
     * For a VF in reset or in another transaction of its PF, which takes milliseconds to seconds. The kernel sends no event
     * when it is over, so there is nothing to wait for but time.
     */
    public static final Patience WITH_A_FUNCTION =
            new Patience(Duration.ofMillis(10), Duration.ofSeconds(10), Thread::sleep);

    public Patience {
        requireNonNull(first, "first is null");
        requireNonNull(total, "total is null");
        requireNonNull(waiting, "waiting is null");
    }

    /** A fresh series of pauses. One thread's own. */
    public Series begin() {
        return new Series();
    }

    /** Pauses that double. */
    public final class Series {
        private Duration next = first;
        private Duration spent = Duration.ZERO;

        private Series() {}

        /** Pauses and says true, or says false at once when the patience is used up. */
        public boolean pause() {
            if (spent.compareTo(total) >= 0) {
                return false;
            }
            try {
                waiting.await(next);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            spent = spent.plus(next);
            Duration doubled = next.multipliedBy(2);
            next = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
            return true;
        }
    }
}
