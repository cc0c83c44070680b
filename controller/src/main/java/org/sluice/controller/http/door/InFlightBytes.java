package org.sluice.controller.http.door;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.OptionalLong;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** Reads request bodies into the heap, within what they may take of it together. Thread-safe. */
final class InFlightBytes {
    private static final int FIRST_ARRAY_BYTES = 4 << 10;

    private final HeapBudget budget;

    InFlightBytes(HeapBudget budget) {
        this.budget = budget;
    }

    /**
     * Reads all of a body; it takes from the budget as it arrives.
     *
     * @param who sends it
     * @param declaredLength what the header section said, if it did
     * @param mostBytes more than this is refused with 413
     * @throws ProblemException of kind TOO_LARGE; or as {@link HeapBudget#hold} does
     */
    Entity read(Party who, InputStream in, OptionalLong declaredLength, int mostBytes) throws IOException {
        if (declaredLength.isPresent() && declaredLength.getAsLong() > mostBytes) {
            throw tooLarge(mostBytes);
        }
        HeapBudget.Held held = budget.hold(who, kibibytesOf(FIRST_ARRAY_BYTES));
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
                // Both arrays are there while one is copied into the other.
                held.resize(kibibytesOf(bytes.length) + kibibytesOf(next));
                bytes = Arrays.copyOf(bytes, next);
                held.resize(kibibytesOf(next));
            }
            complete = true;
            return new Entity(bytes, size, held);
        } finally {
            if (!complete) {
                held.close();
            }
        }
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
