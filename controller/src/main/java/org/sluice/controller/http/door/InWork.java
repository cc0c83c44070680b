package org.sluice.controller.http.door;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * How many requests of one user are worked on at a time. Those above wait in line, so that whoever sends many has the
 * database's connections one after the other, and others have some too. Thread-safe.
 */
final class InWork {
    /** The places of one user, there for as long as a request of his wants one. */
    private static final class Places {
        private final Semaphore free;
        private int requests;

        Places(int most) {
            this.free = new Semaphore(most, true);
        }
    }

    /** How long the next piece of a reply that has begun waits: its caller's other requests may take as long as statements may. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final int most;
    private final Duration wait;
    private final ConcurrentHashMap<String, Places> ofUsers = new ConcurrentHashMap<>();

    InWork(int most, Duration wait) {
        this.most = most;
        this.wait = wait;
    }

    /**
     * Does a piece of work of that user's when he has a place for it. It must not ask for another one itself.
     *
     * @throws ProblemException of kind TOO_MANY_REQUESTS when his other requests keep all his places for too long
     */
    <T> T during(String user, Supplier<T> work) {
        return during(user, wait, work);
    }

    /** The same for a piece of a reply that has begun: nobody could be told any more to come again. */
    <T> T goingOn(String user, Supplier<T> work) {
        return during(user, PATIENCE, work);
    }

    private <T> T during(String user, Duration patience, Supplier<T> work) {
        Places places = ofUsers.compute(user, (_, now) -> {
            Places joined = now == null ? new Places(most) : now;
            joined.requests++;
            return joined;
        });
        try {
            return within(places, patience, work);
        } finally {
            ofUsers.computeIfPresent(user, (_, now) -> --now.requests == 0 ? null : now);
        }
    }

    private <T> T within(Places places, Duration patience, Supplier<T> work) {
        boolean entered = false;
        try {
            entered = places.free.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
        if (!entered) {
            throw tooMany();
        }
        try {
            return work.get();
        } finally {
            places.free.release();
        }
    }

    private ProblemException tooMany() {
        return Problem.of(
                        Problem.Kind.TOO_MANY_REQUESTS,
                        "TooManyRequests",
                        "This user has " + most + " requests in work, and none of them ended within " + wait.toMillis()
                                + " ms; send fewer at a time.")
                .retryAfter(wait)
                .asException();
    }
}
