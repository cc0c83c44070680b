package org.sluice.controller.http.door;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** The share of the heap that request bodies may take together. A body takes from it as it arrives. Thread-safe. */
final class InFlightBytes {
    private static final int FIRST_ARRAY_BYTES = 4 << 10;

    private final Semaphore kibibytes;
    private final Duration wait;

    InFlightBytes(int kibibytes, Duration wait) {
        this.kibibytes = new Semaphore(kibibytes);
        this.wait = wait;
    }

    /** How many KiB nobody has. */
    int free() {
        return kibibytes.availablePermits();
    }

    /**
     * Reads all of a body.
     *
     * @param declaredLength what the header section said, if it did
     * @param mostBytes more than this is refused with 413
     * @throws ProblemException of kind TOO_LARGE, or UNAVAILABLE when the others hold everything there is for {@code wait}
     */
    Entity read(InputStream in, OptionalLong declaredLength, int mostBytes) throws IOException {
        if (declaredLength.isPresent() && declaredLength.getAsLong() > mostBytes) {
            throw tooLarge(mostBytes);
        }
        int held = kibibytesOf(FIRST_ARRAY_BYTES);
        take(held);
        boolean complete = false;
        try {
            byte[] bytes = new byte[FIRST_ARRAY_BYTES];
            int size = 0;
            while (true) {
                int read = in.readNBytes(bytes, size, bytes.length - size);
                size += read;
                if (size > mostBytes) {
                    throw tooLarge(mostBytes);
                }
                if (size < bytes.length) {
                    break;
                }
                // One more than allowed, so that a body of just the bound is told apart from one above it.
                int next = (int) Math.min(2L * bytes.length, mostBytes + 1L);
                take(kibibytesOf(next));
                int former = held;
                held += kibibytesOf(next);
                bytes = Arrays.copyOf(bytes, next);
                kibibytes.release(former);
                held -= former;
            }
            complete = true;
            return new Entity(bytes, size, held, this);
        } finally {
            if (!complete) {
                kibibytes.release(held);
            }
        }
    }

    void giveBack(int amount) {
        kibibytes.release(amount);
    }

    private void take(int amount) {
        try {
            if (kibibytes.tryAcquire(amount, wait.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
        throw Problem.of(
                        Problem.Kind.UNAVAILABLE,
                        "TooManyBytesInFlight",
                        "The controller is reading as many large requests as it has memory for; send this one again.")
                .retryAfter(wait)
                .asException();
    }

    private static ProblemException tooLarge(int mostBytes) {
        return Problem.of(
                        Problem.Kind.TOO_LARGE,
                        "RequestTooLarge",
                        "The request body is larger than " + mostBytes + " bytes.")
                .asException();
    }

    private static int kibibytesOf(int bytes) {
        return (bytes + 1023) >> 10;
    }
}
