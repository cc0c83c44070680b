package org.sluice.controller.compute;

import java.util.List;
import java.util.Optional;
import org.sluice.controller.http.Exchange;
import org.sluice.model.ProblemException;

/**
 * Which part of a collection a request wants.
 *
 * @param limit how many at most, 0 to {@link #LARGEST}
 * @param marker the last one of the page before
 */
record Page(int limit, Optional<String> marker) {
    /** As nova's own {@code max_limit}: more come on the next page. */
    static final int LARGEST = 1_000;

    static Page of(Exchange exchange) {
        return new Page(exchange.query("limit").map(Page::limit).orElse(LARGEST), exchange.query("marker"));
    }

    private static int limit(String text) {
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 0) {
                return Math.min(limit, LARGEST);
            }
        } catch (NumberFormatException notANumber) {
            throw new ProblemException(mustBeNumber(text).problem(), notANumber);
        }
        throw mustBeNumber(text);
    }

    private static ProblemException mustBeNumber(String text) {
        return Problems.badRequest(
                "InvalidInput",
                "Invalid input for query parameters limit. Value: " + text + ". It must be an integer of at least 0.");
    }

    /** Whether the page is full, so that a next one may follow. */
    boolean isFull(List<?> items) {
        return limit > 0 && items.size() >= limit;
    }
}
