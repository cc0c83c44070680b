package org.sluice.controller.http.door;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * The part of the heap that one kind of bytes may take together: request bodies, or replies. Nobody holds more of it than his
 * share, so that whoever keeps his own leaves room for the others. Thread-safe.
 */
public final class HeapBudget {
    private final String what;
    private final int all;
    private final int share;
    private final Duration wait;
    /** Only of those who hold something. */
    private final Map<Party, Integer> held = new HashMap<>();

    private int taken;

    /**
     * Makes a budget nobody holds anything of.
     *
     * @param what the bytes in the refusal: "large requests"
     * @param kibibytes of all together
     * @param share how many of them one party may hold
     * @param wait how long whoever wants some waits for others to give theirs back
     */
    HeapBudget(String what, int kibibytes, int share, Duration wait) {
        this.what = requireNonNull(what, "what is null");
        this.all = kibibytes;
        this.share = share;
        this.wait = requireNonNull(wait, "wait is null");
    }

    /** What one request holds. Used by one thread at a time. */
    public final class Held implements AutoCloseable {
        private final Party who;
        private int kibibytes;

        private Held(Party who) {
            this.who = who;
        }

        /**
         * Holds so much from now on.
         *
         * @throws ProblemException of kind TOO_MANY_REQUESTS when it is more than the party's share for too long, UNAVAILABLE
         *     when others hold all there is; what was held is held on
         */
        public void resize(int wanted) {
            if (wanted > kibibytes) {
                take(who, wanted - kibibytes);
            } else {
                giveBack(who, kibibytes - wanted);
            }
            kibibytes = wanted;
        }

        /** Gives all of it back; does nothing when that was done. */
        @Override
        public void close() {
            resize(0);
        }
    }

    /** Takes some for a request of that party; throws as {@link Held#resize} does. */
    Held hold(Party who, int kibibytes) {
        Held now = new Held(who);
        now.resize(kibibytes);
        return now;
    }

    private synchronized void take(Party who, int amount) {
        long deadline = System.nanoTime() + wait.toNanos();
        while (isFull(amount) || isOverShare(who, amount)) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw isFull(amount) ? full() : overShare();
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException closing) {
                Thread.currentThread().interrupt();
                throw full();
            }
        }
        taken += amount;
        held.merge(who, amount, Integer::sum);
    }

    private synchronized void giveBack(Party who, int amount) {
        if (amount > 0) {
            taken -= amount;
            held.computeIfPresent(who, (_, now) -> now == amount ? null : now - amount);
            notifyAll();
        }
    }

    private boolean isFull(int amount) {
        return amount > all - taken;
    }

    private boolean isOverShare(Party who, int amount) {
        return amount > share - held.getOrDefault(who, 0);
    }

    private ProblemException full() {
        return Problem.of(
                        Problem.Kind.UNAVAILABLE,
                        "TooManyBytesInFlight",
                        "The controller has as many " + what + " under way as it has memory for; send this one again.")
                .retryAfter(wait)
                .asException();
    }

    private ProblemException overShare() {
        return Problem.of(
                        Problem.Kind.TOO_MANY_REQUESTS,
                        "TooManyBytesInFlight",
                        "You have as many " + what + " under way as one user or address may; send fewer at a time.")
                .retryAfter(wait)
                .asException();
    }
}
